"""XML from strangers, parsed within bounds: nothing is fetched, included or expanded."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from kb.errors import ReadError, UnavailableError, shorten

if TYPE_CHECKING:
    from lxml.etree import _Element

MAX_BYTES: Final = 10_000_000
"""The largest papers have some 3 MB; the tree of 10 MB takes at most some 500 MB."""
MAX_ELEMENTS: Final = 500_000
"""The largest papers have some 100,000."""


def library() -> Any:
    """Return ``lxml.etree``.

    Raises:
        UnavailableError: it is not installed.

    >>> library().__name__
    'lxml.etree'
    """
    try:
        from lxml import etree
    except ImportError as error:
        raise UnavailableError(
            "lxml, which reads XML and HTML, is not installed: pip install kb-evidence[read]"
        ) from error
    return etree


def parse_xml(data: bytes, name: str) -> _Element:
    """Parse XML; the parser bounds depth (256), the length of texts and the growth by entities.

    Args:
        data: the file.
        name: what errors call it.

    Raises:
        ReadError: it is not well-formed, too deep or too large.
        UnavailableError: lxml is not installed.

    >>> parse_xml(b"<article><front/></article>", "a.xml")[0].tag
    'front'
    """
    if len(data) > MAX_BYTES:
        raise ReadError(f"{name}: {len(data):,} bytes of XML, expected at most {MAX_BYTES:,}")
    etree = library()
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        dtd_validation=False,
        attribute_defaults=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    parser.resolvers.add(_no_other_file(etree))
    try:
        root: _Element | None = etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise ReadError(f"{name}: not well-formed XML: {shorten(str(error), 200)}") from error
    if root is None:
        raise ReadError(f"{name}: no element: expected a JATS <article>")
    for number, _ in enumerate(root.iter()):
        if number > MAX_ELEMENTS:
            raise ReadError(f"{name}: more than {MAX_ELEMENTS:,} elements")
    return root


def _no_other_file(etree: Any) -> Any:
    """Return a resolver that gives an empty file for each file named, such as the DTD.

    The options above should do; with some others, such as ``collect_ids``, libxml2 reads the DTD.
    """

    class NoOtherFile(etree.Resolver):  # type: ignore[misc]
        def resolve(self, url: str, public_id: str, context: object) -> object:  # noqa: ARG002
            return self.resolve_empty(context)

    return NoOtherFile()


def local(element: _Element) -> str:
    """Return an element's name without its namespace; "" for an entity.

    >>> local(parse_xml(b'<m:math xmlns:m="http://www.w3.org/1998/Math/MathML"/>', "a.xml"))
    'math'
    """
    tag = element.tag
    if not isinstance(tag, str):
        return ""
    return tag.rpartition("}")[2] if tag[0] == "{" else tag


def child(element: _Element, name: str) -> _Element | None:
    """Return the first child of a name, in any namespace.

    >>> child(parse_xml(b"<a><b/><c>1</c></a>", "a.xml"), "c").text
    '1'
    """
    return next((one for one in element if local(one) == name), None)
