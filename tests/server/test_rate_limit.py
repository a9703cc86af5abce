"""The number of queries that one client may ask."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.served_build import ENDLESS, Server, serving, wait_for

from kb.server.config import MAX_CLIENTS
from kb.server.errors import HttpError
from kb.server.rate_limit import RateLimiter, client_address


@pytest.fixture
def limited(own_build: Path) -> Iterator[Server]:
    with serving(own_build, "--client-rate=1", "--proxies=1") as server:
        yield server


def ask_as(server: Server, address: str, query: str = "ASK%7B%7D") -> tuple[int, str]:
    headers = {"X-Forwarded-For": f"203.0.113.9, {address}"}
    answer = server.ask(f"/sparql?query={query}", headers=headers)
    return answer.status, answer.headers.get("retry-after", "")


def test_a_client_over_its_rate_is_told_when_to_retry(limited: Server) -> None:
    answers = [ask_as(limited, "192.0.2.1") for _ in range(12)]
    assert answers[:5] == [(200, "")] * 5
    assert answers[-1] == (429, "1")
    assert ask_as(limited, "192.0.2.2") == (200, "")
    assert limited.ask("/study/tower/", headers={"X-Forwarded-For": "192.0.2.1"}).status == 200
    time.sleep(1.1)
    assert ask_as(limited, "192.0.2.1", "SELECT%20*%20%7B%7D") == (200, "")


def test_a_forwarded_address_counts_only_behind_a_proxy() -> None:
    client = {"client": ("192.0.2.1", 1), "headers": []}
    forwarded = client | {"headers": [(b"x-forwarded-for", b"198.51.100.7")]}
    for proxies, refused in ((0, True), (1, False)):
        limiter = RateLimiter(rate=1, proxies=proxies, clock=lambda: 0.0)
        for _ in range(5):
            limiter.count(client)
        with pytest.raises(HttpError) if refused else contextlib.nullcontext():
            limiter.count(forwarded)


def test_the_number_of_remembered_clients_is_bounded() -> None:
    limiter = RateLimiter(rate=1, clock=lambda: 0.0)
    for number in range(MAX_CLIENTS + 500):
        address = f"10.{number >> 16}.{number >> 8 & 255}.{number & 255}"
        limiter.count({"client": (address, 1), "headers": []})
    assert len(limiter) == MAX_CLIENTS


@given(st.lists(st.floats(0, 20), max_size=60))
def test_no_client_exceeds_its_rate(pauses: list[float]) -> None:
    now, allowed, waits = 0.0, 0, set()
    limiter = RateLimiter(rate=2, clock=lambda: now)
    for pause in pauses:
        now += pause
        try:
            limiter.count({"client": ("192.0.2.1", 1), "headers": []})
        except HttpError as error:
            waits.add(error.headers["Retry-After"])
        else:
            allowed += 1
    assert allowed <= 10 + 2 * now + 1e-6
    assert waits <= {"1"}


# --- a share for each client -----------------------------------------------------------------


@pytest.mark.parametrize(
    ("address", "client"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("[::ffff:192.0.2.7]:80", "192.0.2.7"),
        ("192.0.2.7:80", "192.0.2.7"),
        ("::ffff:192.0.2.8", "192.0.2.8"),
        ("2001:db8::1", "2001:db8::/64"),
        ("[2001:db8::2]:443", "2001:db8::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("unknown", "unknown"),
    ],
)
def test_an_address_is_one_client_however_it_is_written(address: str, client: str) -> None:
    headers = [(b"x-forwarded-for", address.encode())]
    assert client_address({"client": ("127.0.0.1", 1), "headers": headers}, 1) == client


@pytest.mark.parametrize("workers", [1, 2])
def test_one_client_never_keeps_all_workers(own_build: Path, workers: int) -> None:
    many = b"".join(b"<a:%d> <a:b> <a:c> <a:g> .\n" % number for number in range(3000))
    (own_build / "kb.nq").write_bytes(many)
    endless = urlencode({"query": ENDLESS})
    with (
        serving(own_build, "--proxies=1", f"--max-concurrent={workers}", "--timeout=20") as server,
        ThreadPoolExecutor(8) as pool,
    ):

        def ask(query: str, address: str) -> int:
            return server.ask(f"/sparql?{query}", headers={"X-Forwarded-For": address}).status

        heavy = [pool.submit(ask, endless, "192.0.2.1") for _ in range(6)]
        wait_for(lambda: server.ask("/health").json()["running"] == 1)
        for number in range(10):
            query = urlencode({"query": f"ASK {{ <a:{number}> ?p ?o }}"})
            assert ask(query, f"::ffff:192.0.2.{number + 2}") == 200
        assert server.ask("/health").json()["running"] == 1
        statuses = [one.result() for one in heavy]
    assert sorted(statuses) == [503, 503, 503, 503, 503, 504]
