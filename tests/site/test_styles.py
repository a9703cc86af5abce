"""Of the theme's style sheets a site has what its pages may use: not less, and little more."""

from __future__ import annotations

import re
from pathlib import Path

import material
import pytest
from support.built_site import pages

from kb import UnavailableError
from kb.site.styles import SHEETS, join_styles, parsed, used, written

_THEME = Path(material.__file__).parent / "templates" / "assets" / "stylesheets"
_CLASS = re.compile(r"\.([A-Za-z][\w-]*)")


def theme(name: str) -> str:
    return next(_THEME.glob(f"{name}.*.css")).read_text("utf-8").partition("\n/*# source")[0]


def classes(sheet: str) -> set[str]:
    """Return the classes in selectors: what is in strings and declarations is not one."""
    return set(_CLASS.findall(" ".join(re.findall(r"(?<=[{};])([^{};]*)\{", sheet))))


# --- reading and writing -----------------------------------------------------------------------


@pytest.mark.parametrize("name", ["main", "palette"])
def test_a_sheet_is_read_and_written_without_loss(name: str) -> None:
    sheet = theme(name).strip()
    # But for signs that need no escape in strings, and for what parts "1n" from "+2".
    same = sheet.replace(r">\3c !--", "><!--").replace("(1n+2)", "(1n/**/+2)")
    assert written(parsed(sheet)) == same


def test_strings_keep_what_means_something_elsewhere() -> None:
    sheet = """a::after{content:"} /* no */  ;{";background:url(data:x;y)}b{content:"\\"}"}"""
    assert written(parsed(sheet)) == sheet


def test_blanks_stay_where_they_mean_something() -> None:
    sheet = "a :hover > b , c {\n  width : calc( 1px + 2px ) ;\n}\n@media (print) { d { top: 0 } }"
    assert written(parsed(sheet)) == (
        "a :hover > b , c{width:calc( 1px + 2px )}@media (print){d{top:0}}"
    )


def test_what_is_not_css_is_an_error_with_its_line() -> None:
    with pytest.raises(ValueError, match="line 2 of a style sheet"):
        parsed("a{top:0}\nb;}")


# --- what is used ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("sheet", "kept"),
    [
        (".a .b{x:y}", ""),
        (".a{x:y}", ".a{x:y}"),
        ("#b{x:y}", ""),
        ("p{x:y}", "p{x:y}"),
        (".a:not(.b){x:y}", ".a:not(.b){x:y}"),
        (".a:is(.b,:not(.c,.d)),.b{x:y}", ".a:is(.b,:not(.c,.d)){x:y}"),
        ('.a[title="b.c,d"],[href$=".b"]{x:y}', '.a[title="b.c,d"],[href$=".b"]{x:y}'),
        (r".b\:c{x:y}", r".b\:c{x:y}"),
        ("[dir=rtl] .a,[dir=ltr] .a{x:y}", "[dir=ltr] .a{x:y}"),
        ("[data-md-color-primary=red]{x:y}", ""),
        ("@media print{.b{x:y}}", ""),
        ("@media print{.b,.a{x:y}}", "@media print{.a{x:y}}"),
        ("@keyframes b{0%{x:y}to{x:z}}", "@keyframes b{0%{x:y}to{x:z}}"),
        ("@font-face{src:url(b)}", "@font-face{src:url(b)}"),
    ],
)
def test_a_rule_stays_if_its_names_may_occur(sheet: str, kept: str) -> None:
    assert written(used(parsed(sheet), {"a", "dir=ltr"})).removesuffix(";") == kept


def test_a_variable_stays_if_something_refers_to_it() -> None:
    sheet = ":root{--one:1;--two:var(--one);--three:3;--four:var(--three)}.a{top:var(--two)}"
    assert (
        written(used(parsed(sheet), {"a"})) == ":root{--one:1;--two:var(--one)}.a{top:var(--two)}"
    )
    assert written(used(parsed(sheet), {"--three"})) == ":root{--three:3}"


# --- the site ----------------------------------------------------------------------------------


def test_every_class_of_the_theme_on_a_page_is_still_styled(site_folder: Path) -> None:
    html = " ".join((site_folder / page).read_text("utf-8") for page in pages(site_folder))
    there = set(" ".join(re.findall(r'class="([^"]*)"', html)).split())
    style = (site_folder / "assets/style.css").read_text("utf-8")
    styled = classes(theme("main"))
    assert len(there & styled) > 60
    assert there & styled <= classes(style)


def test_what_the_script_of_the_theme_adds_is_styled(site_folder: Path) -> None:
    style = classes((site_folder / "assets/style.css").read_text("utf-8"))
    assert style >= {
        "md-code__button",
        "md-dialog--active",
        "md-header--shadow",
        "md-header__title--active",
        "md-nav__link--passed",
        "md-toggle--indeterminate",
        "md-typeset__scrollwrap",
        "admonition",
        "kd",
    }


def test_no_variable_that_the_theme_sets_is_missing(site_folder: Path) -> None:
    style = (site_folder / "assets/style.css").read_text("utf-8")
    for scheme in ("default", "slate"):
        rules = rf"\[data-md-color-scheme={scheme}\]\{{([^}}]*)"
        before, after = (
            set(re.findall(r"(--[\w-]+):", " ".join(re.findall(rules, sheet))))
            for sheet in (theme("main") + theme("palette"), style)
        )
        assert len(after) > 20
        assert not before & set(re.findall(r"var\((--[\w-]+)", style)) - after


def test_little_of_the_theme_is_left_that_no_page_has(site_folder: Path) -> None:
    style = (site_folder / "assets/style.css").read_text("utf-8")
    assert len(style) < 0.6 * sum(len(theme(name)) for name in ("main", "palette")) + 40_000
    assert not classes(style) & {"md-consent", "md-post", "md-tooltip2", "md-version"}
    for name in set(re.findall(r"(--md-[\w-]+-icon[\w-]*):", style)):
        assert f"var({name})" in style


def test_a_page_has_one_sheet(site_folder: Path) -> None:
    linked = set()
    for page in pages(site_folder):
        html = (site_folder / page).read_text("utf-8")
        sheets = re.findall(r'<link rel="stylesheet" href="[^"]*assets/([^"]*)\.css"', html)
        if 'http-equiv="refresh"' not in html:
            assert len(sheets) == html.count('rel="stylesheet"') == 1, page
            linked.update(sheets)
    assert linked == set(SHEETS)
    assert {path.stem for path in (site_folder / "assets").rglob("*.css*")} == set(SHEETS)


def test_a_missing_sheet_is_named(tmp_path: Path) -> None:
    (tmp_path / "assets").mkdir()
    with pytest.raises(UnavailableError, match=r"no style sheet assets/stylesheets/main"):
        join_styles(tmp_path, tmp_path)
