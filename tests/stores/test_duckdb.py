"""SQL over the tables: typed columns that keep every digit, which SQL can only read."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pytest
from support.command_line import kb
from support.environment import ROOT

from kb import InputError, KnowledgeBase, QueryError, QueryResult, UnavailableError
from kb.export.tables import COLUMNS, make_tables, write_parquet
from kb.stores.duckdb import DuckDB
from kb.stores.safety import MAX_QUERY

ENDLESS = "SELECT count(*) FROM range(100000000) a, range(100000000) b WHERE a.range + b.range = 7"


@pytest.fixture(scope="module")
def folder(real: KnowledgeBase, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("tables")
    assert {path.stem for path in write_parquet(real.tables, folder)} == set(COLUMNS)
    return folder


@pytest.fixture(scope="module")
def files(folder: Path) -> DuckDB:
    return DuckDB(folder)


def rows(result: QueryResult) -> list[tuple[object, ...]]:
    return [tuple(row.values()) for row in result]


def test_tables_of_the_records_and_their_files_give_equal_answers(
    real: KnowledgeBase, files: DuckDB
) -> None:
    for table in COLUMNS:
        query = f"FROM {table} ORDER BY iri"
        assert rows(real.sql(query)) == files.select(query).rows
    assert real.sql("SELECT count(*) AS n FROM claims")[0]["n"] == len(real.evidence.claims)


def test_every_claim_keeps_its_digits(real: KnowledgeBase) -> None:
    found = {row["iri"]: row["value"] for row in real.sql("SELECT iri, value FROM claims")}
    for claim in real.evidence.claims:
        assert found[real.iris.claim(claim.study, claim.id)] == claim.figure.value


def test_parameters_are_values_and_never_sql(real: KnowledgeBase) -> None:
    query = "SELECT count(*) AS n FROM claims WHERE study = $study"
    assert int(str(real.sql(query, {"study": "tower"})[0]["n"])) > 50
    assert real.sql(query, {"study": "' OR true --"})[0]["n"] == 0
    with pytest.raises(QueryError):
        real.sql(query)


def test_cells_are_plain_values(real: KnowledgeBase) -> None:
    query = (
        "SELECT 7.70::DECIMAL(9, 4), 100::DECIMAL(9, 2), ['a', 'b'], DATE '2017-08-01', NULL, true"
    )
    found = rows(real.sql(query))[0]
    assert found == (Decimal("7.7"), Decimal(100), "a b", "2017-08-01", None, True)
    assert str(found[1]) == "100"


# --- the files -------------------------------------------------------------------------------


def digests(folder: Path) -> dict[str, str]:
    return {p.name: hashlib.sha256(p.read_bytes()).hexdigest() for p in sorted(folder.iterdir())}


def test_equal_evidence_gives_equal_files(
    folder: Path, real: KnowledgeBase, tmp_path: Path
) -> None:
    """Also with another hash seed, time zone, locale, and order of the verifications."""
    environment = {**os.environ, "PYTHONHASHSEED": "1", "TZ": "Asia/Tokyo", "LC_ALL": "C"}
    program = str(Path(sys.executable).with_name("kb"))
    command = [program, "--root", str(ROOT), "export", "parquet", "--out", str(tmp_path)]
    subprocess.run(command, check=True, env=environment, capture_output=True)
    assert digests(tmp_path) == digests(folder)
    states = {key: check.state.value for key, check in reversed(list(real.verifications.items()))}
    again = make_tables(real.evidence, real.vocabulary, real.curated, states)
    write_parquet(again, tmp_path / "again")
    assert digests(tmp_path / "again") == digests(folder)


def test_columns_have_the_types_of_what_they_hold(real: KnowledgeBase) -> None:
    claims = real.tables["claims"].schema
    assert str(claims.field("value").type) == "decimal128(38, 16)"
    assert str(claims.field("numerator").type) == "int64"
    assert str(claims.field("second_hand").type) == "bool"
    assert str(real.tables["doses"].schema.field("amount").type) == "decimal128(38, 16)"
    assert str(real.tables["publications"].schema.field("year").type) == "int64"
    assert claims.field("cites").type == pa.list_(pa.int64())
    for name, table in real.tables.items():
        iris = table["iri"].to_pylist()
        assert iris == sorted(set(iris)), name


def test_every_entity_of_the_records_has_its_row(real: KnowledgeBase) -> None:
    evidence = real.evidence
    expected = {
        "claims": len(evidence.claims),
        "doses": sum(len(claim.steps) for claim in evidence.claims),
        "groups": len(evidence.groups),
        "studies": len(evidence.studies),
        "sources": len(evidence.sources),
        "sections": len(evidence.sections),
        "reference_lists": sum(len(source.references) for source in evidence.sources),
        "publications": len(evidence.publications),
        "findings": len(real.discrepancies()),
        "terms": sum(map(len, real.vocabulary.schemes.values())),
    }
    assert {name: table.num_rows for name, table in real.tables.items()} == expected
    assert all(expected.values())


def test_every_dose_keeps_its_digits(real: KnowledgeBase) -> None:
    doses = {row["iri"]: row for row in real.sql("FROM doses")}
    for claim in real.evidence.claims:
        for step in claim.steps:
            row = doses[f"{real.iris.claim(claim.study, claim.id)}.step{step.position}"]
            assert row["amount"] == step.amount
            assert row["amounts"] == ("/".join(map(str, step.amounts)) or None)


# --- what SQL may not do ---------------------------------------------------------------------

REFUSED = {
    "read a file": "SELECT * FROM read_text('{file}')",
    "read a file by its name": "SELECT * FROM '{file}'",
    "read a table outside": "SELECT * FROM read_parquet('{folder}/../*.parquet')",
    "list files": "SELECT * FROM glob('/*')",
    "fetch": "SELECT * FROM read_csv('http://127.0.0.1:1/x.csv')",
    "write a file": "COPY (SELECT 1) TO '{folder}/x.csv'",
    "write over a table's file": "COPY (SELECT 1) TO '{folder}/claims.parquet'",
    "attach": "ATTACH '{folder}/x.db'",
    "install": "INSTALL httpfs",
    "load": "LOAD httpfs",
    "set": "SET enable_external_access = true",
    "unlock": "SET lock_configuration = false",
    "pragma": "PRAGMA enable_external_access = true",
    "create": "CREATE TABLE x AS SELECT 1",
    "drop": "DROP VIEW claims",
    "delete": "DELETE FROM claims",
    "update": "UPDATE claims SET printed = ''",
    "export": "EXPORT DATABASE '{folder}/out'",
    "call": "CALL pragma_version()",
    "two statements": "SELECT 1; SELECT 2",
    "a change after a query": "SELECT 1; DROP VIEW claims",
    "nothing": "",
    "a variable of the program": "SELECT * FROM rows",
    "an environment variable": "SELECT getenv('HOME')",
    "no SQL": "SELEC 1",
    "too long": "SELECT 1 --" + "x" * MAX_QUERY,
}


@pytest.mark.parametrize("name", REFUSED)
@pytest.mark.parametrize("from_files", [False, True], ids=["records", "files"])
def test_sql_can_only_read_the_tables(
    name: str, from_files: bool, folder: Path, real: KnowledgeBase, files: DuckDB
) -> None:
    before = digests(folder)
    tables = files if from_files else real.duckdb
    with pytest.raises(QueryError) as raised:
        tables.select(REFUSED[name].replace("{file}", __file__).replace("{folder}", str(folder)))
    assert "which SQL can only read" not in str(raised.value)  # nothing of this file is shown
    assert digests(folder) == before
    assert tables.select("SELECT count(*) FROM claims").rows == [(len(real.evidence.claims),)]


def test_answers_have_limits_of_rows_and_time(folder: Path) -> None:
    with pytest.raises(QueryError, match="more than 10 rows"):
        DuckDB(folder, max_rows=10).select("SELECT * FROM range(11)")
    assert len(DuckDB(folder, max_rows=10).select("SELECT * FROM range(10)").rows) == 10
    short = DuckDB(folder, seconds=0.3)
    with pytest.raises(UnavailableError, match=r"no answer in 0\.3 s"):
        short.select(ENDLESS)
    assert short.select("SELECT 1 AS one").rows == [(1,)]


def test_memory_is_limited(folder: Path) -> None:
    with pytest.raises(QueryError, match=r"(?i)memory"):
        DuckDB(folder, memory="50MB").select("SELECT list(range) FROM range(50000000)")


def test_a_folder_without_tables_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(UnavailableError, match="write them with kb export parquet"):
        DuckDB(tmp_path)
    (tmp_path / "claims.parquet").write_bytes(b"not Parquet")
    with pytest.raises(UnavailableError, match=r"cannot read claims\.parquet"):
        DuckDB(tmp_path)


@pytest.mark.parametrize(
    "name",
    [
        'a" AS SELECT 1; COPY (SELECT 7) TO \'out.csv\'; CREATE VIEW "b" AS SELECT 1; --',
        'a"',
        "a b",
        "A",
        "9",
        "a\nb",
    ],
)
def test_the_name_of_a_file_is_never_sql(
    name: str, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    shutil.copy(folder / "studies.parquet", tmp_path / f"{name}.parquet")
    with pytest.raises(InputError, match="is not the name of a table"):
        DuckDB(tmp_path)
    assert len(list(tmp_path.iterdir())) == 1


def test_a_folder_whose_name_is_a_pattern_reads_no_other_folder(
    folder: Path, tmp_path: Path
) -> None:
    shutil.copytree(folder, tmp_path / "ab")
    shutil.copytree(folder, tmp_path / "a*")
    with pytest.raises(InputError, match="has one of the characters"):
        DuckDB(tmp_path / "a*")


# --- the command line ------------------------------------------------------------------------


def test_kb_sql_answers_from_the_records_and_from_exported_files(
    example_root: Path, tmp_path: Path
) -> None:
    out = tmp_path / "it's tables"
    result = kb(example_root, "export", "parquet", "--out", out)
    assert result.exit_code == 0
    assert f"{out / 'claims.parquet'}: " in result.output
    query = ("sql", "SELECT name FROM studies WHERE id = $s", "--param", "s=halt")
    for option in ((), ("--tables-from", out)):
        assert "printed VARCHAR" in kb(example_root, "sql", "--tables", *option).output
        assert "HALT" in kb(example_root, *query, *option).output
        assert kb(example_root, "sql", "DROP VIEW claims", *option).exit_code == 2
    assert kb(None, *query, "--csv", "--tables-from", out).output == "name\nHALT\n"


def test_kb_sql_of_a_folder_without_tables_could_not_check(tmp_path: Path) -> None:
    assert kb(None, "sql", "SELECT 1", "--tables-from", tmp_path).exit_code == 3
