"""The files of the site, and content negotiation at IRIs."""

from __future__ import annotations

import gzip
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
from support.served_build import PAGE, POLICY, SITE, Server, serving

from kb.errors import UnavailableError
from kb.server.static import StaticFiles, content_policy

TYPES = {
    "/": "text/html; charset=utf-8",
    "/study/tower/": "text/html; charset=utf-8",
    "/study/tower/index.html": "text/html; charset=utf-8",
    "/study/tower/survival.csv": "text/csv; charset=utf-8",
    "/study/tower.ttl": "text/turtle; charset=utf-8",
    "/study/tower.jsonld": "application/ld+json",
    "/study/tower.bib": "application/x-bibtex; charset=utf-8",
    "/study/tower.csl.json": "application/vnd.citationstyles.csl+json",
    "/study/tower.ris": "application/x-research-info-systems; charset=utf-8",
    "/assets/front/site.js": "text/javascript; charset=utf-8",
    "/assets/mark.svg": "image/svg+xml",
    "/data/kb.trig.gz": "application/gzip",
}


def test_other_sites_may_frame_embedded_pages_and_no_others() -> None:
    page = b'<meta http-equiv="Content-Security-Policy" content="default-src x">'
    for name in ("embed/forest/index.html", "embed/study/tower/index.html"):
        assert content_policy(name, page) == "default-src x; frame-ancestors *"
    for name in ("index.html", "study/embed/index.html", "embedded/index.html", "404.html"):
        assert content_policy(name, page) == "default-src x; frame-ancestors 'self'"
    assert "frame-ancestors 'none'" in content_policy("embed/index.html", b"without a policy")


# --- files -----------------------------------------------------------------------------------


@pytest.mark.parametrize("path", TYPES)
def test_every_file_has_its_type(server: Server, path: str) -> None:
    answer = server.ask(path)
    assert answer.status == 200
    assert answer.headers["content-type"] == TYPES[path]
    assert "content-encoding" not in answer.headers
    name = path[1:] + ("index.html" if path.endswith("/") else "")
    assert name not in SITE or answer.body == SITE[name].encode()
    head = server.ask(path, "HEAD")
    assert (head.status, head.body) == (200, b"")
    assert head.headers["content-length"] == str(len(answer.body))


def test_every_file_of_the_site_is_served(server: Server, served_build: Path) -> None:
    site = StaticFiles(served_build / "site")
    assert {*SITE, "data/kb.trig.gz"} - {".hidden"} == set(site.files)
    for path in site.files:
        assert server.ask(f"/{path}").status == 200, path


def test_an_unchanged_file_is_not_sent_again(server: Server) -> None:
    for headers in ({}, {"Accept-Encoding": "gzip"}):
        first = server.ask("/study/tower/", headers=headers)
        for etag in (first.headers["etag"], f'"x", W/{first.headers["etag"]}', "*"):
            second = server.ask("/study/tower/", headers=headers | {"If-None-Match": etag})
            assert (second.status, second.body) == (304, b"")
            assert second.headers["etag"] == first.headers["etag"]
        other = server.ask("/study/tower/", headers=headers | {"If-None-Match": '"x"'})
        assert other.status == 200


def test_pages_are_compressed_for_clients_that_accept_it(server: Server) -> None:
    compressed = server.ask("/study/tower/", headers={"Accept-Encoding": "br, gzip"})
    assert compressed.headers["content-encoding"] == "gzip"
    assert gzip.decompress(compressed.body).decode() == PAGE
    assert "Accept-Encoding" in compressed.headers["vary"]
    plain = server.ask("/study/tower/")
    assert plain.headers["etag"] != compressed.headers["etag"]
    assert "Accept-Encoding" in plain.headers["vary"]


def test_compressed_files_are_sent_as_they_are(server: Server) -> None:
    answer = server.ask("/data/kb.trig.gz", headers={"Accept-Encoding": "gzip"})
    assert "content-encoding" not in answer.headers
    assert gzip.decompress(answer.body).startswith(b"<a:a>")


def test_a_range_of_a_file_can_be_requested(server: Server) -> None:
    answer = server.ask("/study/tower.ttl", headers={"Range": "bytes=0-4"})
    assert (answer.status, answer.body) == (206, b"<a:a>")
    wrong = server.ask("/study/tower.ttl", headers={"Range": "bytes=999999-"})
    assert wrong.status == 416


def test_files_with_a_digest_in_their_name_are_cached_for_a_year(server: Server) -> None:
    hashed = server.ask("/assets/main.0123456789ab.min.js").headers["cache-control"]
    page = server.ask("/study/tower/").headers["cache-control"]
    assert "max-age=31536000" in hashed
    assert "max-age=0" in page


# --- IRIs ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("accept", "status", "place"),
    [
        ("", 303, "tower/"),
        ("*/*", 303, "tower/"),
        ("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", 303, "tower/"),
        ("text/turtle", 200, "tower.ttl"),
        ("text/turtle;q=0.9, text/html;q=0.2", 200, "tower.ttl"),
        ("application/ld+json", 200, "tower.jsonld"),
        ("application/json", 200, "tower.jsonld"),
        ("application/json;q=0, text/turtle;q=0.1", 200, "tower.ttl"),
        ("text/csv", 200, "tower.csv"),
        ("application/x-bibtex", 200, "tower.bib"),
        ("application/vnd.citationstyles.csl+json", 200, "tower.csl.json"),
        ("application/x-research-info-systems", 200, "tower.ris"),
        ("application/rdf+xml, text/turtle;q=0.5", 200, "tower.ttl"),
        ("application/rdf+xml", 406, ""),
    ],
)
def test_an_iri_leads_to_the_form_that_the_client_accepts(
    server: Server, accept: str, status: int, place: str
) -> None:
    answer = server.ask("/study/tower", headers={"Accept": accept})
    assert answer.status == status
    assert "Accept" in answer.headers["vary"]
    if status == 303:
        assert answer.headers["location"] == place
    if status == 200:
        assert answer.headers["content-location"] == place
        assert answer.body == SITE[f"study/{place}"].encode()
        cached = {"Accept": accept, "If-None-Match": answer.headers["etag"]}
        assert server.ask("/study/tower", headers=cached).status == 304


@pytest.mark.parametrize(
    ("accept", "place"),
    [
        ("", ""),
        ("*/*", ""),
        ("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", ""),
        ("image/png", ""),
        ("text/turtle", "tower.ttl"),
        ("application/ld+json", "tower.jsonld"),
        ("application/json", "tower.jsonld"),
        ("application/json;q=0.5, text/html;q=0.6", ""),
    ],
)
def test_a_page_gives_another_form_to_a_client_that_prefers_it(
    server: Server, accept: str, place: str
) -> None:
    answer = server.ask("/study/tower/", headers={"Accept": accept})
    assert answer.status == 200
    assert answer.headers["vary"].startswith("Accept, Accept-Encoding")
    assert answer.headers.get("content-location", "") == (f"../{place}" if place else "")
    name = f"study/{place}" if place else "study/tower/index.html"
    assert answer.body == SITE[name].encode()


def test_a_section_without_other_forms_leads_to_its_page(server: Server) -> None:
    assert server.ask("/study").headers["location"] == "study/"
    assert server.ask("/study", headers={"Accept": "text/turtle"}).status == 406


def test_a_missing_address_is_a_page_for_browsers_and_a_line_for_programs(server: Server) -> None:
    page = server.ask("/study/none", headers={"Accept": "text/html,*/*;q=0.8"})
    assert page.status == 404
    assert "Not here" in page.text
    line = server.ask("/study/none", headers={"Accept": "text/turtle"})
    assert (line.status, line.text) == (404, "there is nothing at this address\n")


# --- other files ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "path",
    [
        "/../secret.txt",
        "/..%2fsecret.txt",
        "/%2e%2e/secret.txt",
        "/study/../../secret.txt",
        "/study/%2e%2e%2f%2e%2e%2fsecret.txt",
        "/..%5csecret.txt",
        "/%252e%252e/secret.txt",
        "/..%c0%afsecret.txt",
        "/out.txt",
        "/.hidden",
        "//study/tower/",
        "/study//tower/",
        "/study/tower/%00",
        "/study/tower.ttl%00.html",
        "/study/tower%FF",
        "/STUDY/TOWER",
        "/study/tower/.",
        "/kb.nq",
        "/%0d%0aSet-Cookie:a=b",
        "/file:///etc/passwd",
        "/study/tower;a=b",
    ],
)
def test_no_file_outside_the_site_can_be_requested(server: Server, path: str) -> None:
    answer = server.ask(path)
    assert answer.status == 404
    assert "secret" not in answer.text
    assert "set-cookie" not in answer.headers


def test_redirects_do_not_repeat_the_host_header(server: Server) -> None:
    with socket.create_connection(("127.0.0.1", server.port)) as connection:
        connection.sendall(
            b"GET /study/tower HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n"
        )
        answer = b"".join(iter(lambda: connection.recv(4096), b""))
    assert b"303 See Other" in answer
    assert b"evil" not in answer


# --- headers ---------------------------------------------------------------------------------

STATUSES = {
    "/": 200,
    "/study/tower": 303,
    "/study/tower.ttl": 200,
    "/none": 404,
    "/sparql": 200,
    "/sparql?query=ASK%7B%7D": 200,
    "/sparql?query=ASK": 400,
    "/sparql?update=CLEAR%20ALL": 403,
    "/health": 200,
    "/metrics": 200,
    f"/{'x' * 9000}": 414,
}


@pytest.mark.parametrize(("path", "status"), STATUSES.items())
def test_every_response_has_security_headers(server: Server, path: str, status: int) -> None:
    answer = server.ask(path)
    assert answer.status == status
    check_security_headers(answer.headers)


def check_security_headers(headers: dict[str, str]) -> None:
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    assert "default-src 'none'" in headers["content-security-policy"]
    assert "server" not in headers
    assert "x-powered-by" not in headers


def test_the_answer_to_a_malformed_request_has_security_headers_too(server: Server) -> None:
    for sent in (
        b"\x16\x03\x01\x02\x00\r\n\r\n",
        b"GET /\xff HTTP/1.1\r\n\r\n",
    ):
        with socket.create_connection(("127.0.0.1", server.port)) as connection:
            connection.sendall(sent)
            head = b"".join(iter(lambda: connection.recv(4096), b"")).partition(b"\r\n\r\n")[0]
        lines = head.decode().split("\r\n")
        assert lines[0] == "HTTP/1.1 400 Bad Request"
        check_security_headers(
            {k.lower(): v for k, _, v in (line.partition(": ") for line in lines[1:])}
        )


def test_the_policy_of_a_page_is_also_a_header(server: Server) -> None:
    for path in ("/study/tower/", "/none"):
        answer = server.ask(path, headers={"Accept": "text/html"})
        assert answer.headers["content-security-policy"] == f"{POLICY}; frame-ancestors 'self'"
    assert "'wasm-unsafe-eval'" in server.ask("/console/").headers["content-security-policy"]
    assert "sandbox" in server.ask("/study/tower.ttl").headers["content-security-policy"]


# --- a build that was replaced ---------------------------------------------------


@pytest.fixture
def unwatched(own_build: Path) -> Iterator[Server]:
    with serving(own_build, "--no-watch") as running:
        yield running


def test_files_of_two_builds_are_not_mixed(unwatched: Server, own_build: Path) -> None:
    assert unwatched.ask("/health").status == 200
    (own_build / "site" / "study" / "tower.ttl").write_text("new", encoding="utf-8")
    (own_build / "site" / "study" / "tower.bib").unlink()
    (own_build / "kb.nq").write_bytes(b"")
    for path in ("/study/tower.ttl", "/study/tower.bib"):
        answer = unwatched.ask(path)
        assert answer.status == 503
        assert "replaced" in answer.text
    assert unwatched.ask("/study/tower.csv").status == 200
    health = unwatched.ask("/health")
    assert (health.status, health.json()["build"]) == (503, "replaced")


def test_a_folder_without_a_site_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UnavailableError, match="run `kb build` first"):
        StaticFiles(tmp_path)
