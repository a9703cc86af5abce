"""Whole-table questions in SQL: as SPARQL answers them, over tables that SQL can only read."""

from __future__ import annotations

import hashlib
import importlib.util
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from importlib.resources import files
from itertools import product
from pathlib import Path

import pyarrow as pa
import pytest
from support.answers import cells, given_to
from support.command_line import kb
from support.environment import ROOT
from support.example_base import write_example

from kb import InputError, KnowledgeBase, QueryError, QueryResult, UnavailableError
from kb.checks import Severity
from kb.export.tables import COLUMNS, Tables, write_parquet
from kb.stores.duckdb import DuckDB
from kb.stores.library import Query, library, parse_query
from kb.stores.safety import MAX_QUERY

ENDLESS = "SELECT count(*) FROM range(100000000) a, range(100000000) b WHERE a.range + b.range = 7"


@pytest.fixture(scope="module")
def folder(real: KnowledgeBase, tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("tables")
    assert {path.stem for path in write_parquet(real.tables, made)} == set(COLUMNS)
    return made


@pytest.fixture(scope="module")
def in_tables(folder: Path) -> KnowledgeBase:
    return KnowledgeBase(ROOT, store=f"parquet:{folder}")


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> KnowledgeBase:
    """A few studies, and one of them again: what looks alike comes in one order all the same."""
    root = write_example(tmp_path_factory.mktemp("small"))
    studies = root / "evidence" / "studies"
    again = (studies / "halt.yaml").read_text("utf-8").replace("id: halt\n", "id: another-halt\n")
    (studies / "another-halt.yaml").write_text(again, "utf-8")
    return KnowledgeBase(root)


@pytest.fixture(scope="module")
def small_tables(small: KnowledgeBase, tmp_path_factory: pytest.TempPathFactory) -> KnowledgeBase:
    made = tmp_path_factory.mktemp("small-tables")
    write_parquet(small.tables, made)
    return KnowledgeBase(small.root, store=f"parquet:{made}")


def rows(table: QueryResult) -> list[tuple[object, ...]]:
    return [tuple(row.values()) for row in table]


def test_every_question_is_asked_in_sql_too() -> None:
    folder = Path(str(files("kb") / "queries"))
    stems = {kind: {path.stem for path in folder.glob(f"*.{kind}")} for kind in ("rq", "sql")}
    assert len(stems["rq"]) > 20
    assert stems["sql"] == stems["rq"] == {q.name for q in library().values() if q.sql}


def asked_in_turn(query: Query, words: Mapping[str, Iterable[str]]) -> Iterator[dict[str, str]]:
    """Every value of the parameters that a query needs, without and with each optional one."""
    needed = [name for name in query.parameters if name not in query.optional]
    for more in ((), *((name,) for name in sorted(query.optional))):
        names = (*needed, *more)
        for values in product(*(words[query.parameters[name]] for name in names)):
            yield dict(zip(names, values, strict=True))


def words_of(base: KnowledgeBase) -> dict[str, list[str]]:
    """What a parameter of each kind can be."""
    words = {scheme: list(terms) for scheme, terms in base.vocabulary.schemes.items()}
    words["study"] = [study.id for study in base.studies()]
    words["source"] = [source.id for source in base.evidence.sources]
    words["publication"] = [publication.id for publication in base.evidence.publications]
    words["text"] = [*map(str, Severity), "no such word"]
    return words


@pytest.mark.parametrize("query", library().values(), ids=lambda query: query.name)
def test_sql_and_sparql_give_equal_answers_to_all_that_can_be_asked_of_a_small_base(
    query: Query, small: KnowledgeBase, small_tables: KnowledgeBase
) -> None:
    for given in asked_in_turn(query, words_of(small)):
        sparql, sql = small.ask(query.name, **given), small_tables.ask(query.name, **given)
        assert sql.columns == sparql.columns
        assert cells(sql) == cells(sparql), given


@pytest.mark.parametrize("query", library().values(), ids=lambda query: query.name)
def test_sql_and_sparql_give_equal_answers_with_and_without_each_parameter(
    query: Query, real: KnowledgeBase, in_tables: KnowledgeBase
) -> None:
    words = {query.parameters[name]: [value] for name, value in given_to(query).items()}
    found = 0
    for given in asked_in_turn(query, words):
        sparql, sql = real.ask(query.name, **given), in_tables.ask(query.name, **given)
        assert sql.columns == sparql.columns
        assert cells(sql) == cells(sparql), given
        found += len(sparql)
    assert found > 0


def test_what_has_no_sql_is_refused(in_tables: KnowledgeBase) -> None:
    own = parse_query("own", "# question: Is there anything?\n# why: a test\nASK { ?s ?p ?o }")
    with pytest.raises(QueryError, match="query 'own' is not asked in SQL"):
        own.in_sql({})
    with pytest.raises(InputError, match="answers SQL"):
        in_tables.sparql("ASK { ?s ?p ?o }")


def test_tables_of_the_records_answer_as_their_files_do(
    real: KnowledgeBase, in_tables: KnowledgeBase
) -> None:
    for table in COLUMNS:
        query = f"FROM {table} ORDER BY iri"
        assert rows(real.sql(query)) == rows(in_tables.sql(query))
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


def test_equal_evidence_gives_equal_bytes(
    folder: Path, real: KnowledgeBase, tmp_path: Path
) -> None:
    """Also from a process with another seed of hashes, another time zone and another order."""
    environment = {**os.environ, "PYTHONHASHSEED": "1", "TZ": "Asia/Tokyo", "LC_ALL": "C"}
    program = str(Path(sys.executable).with_name("kb"))
    command = [program, "--root", str(ROOT), "export", "parquet", "--out", str(tmp_path)]
    subprocess.run(command, check=True, env=environment, capture_output=True)
    assert digests(tmp_path) == digests(folder)
    states = {key: check.state.value for key, check in reversed(list(real.verifications.items()))}
    again = Tables(real.evidence, real.vocabulary, real.curated, states).all()
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


def test_every_thing_of_the_records_has_its_row(real: KnowledgeBase) -> None:
    evidence = real.evidence
    things = {
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
    assert {name: table.num_rows for name, table in real.tables.items()} == things
    assert all(things.values())


def test_every_dose_keeps_its_digits(real: KnowledgeBase) -> None:
    told = {row["iri"]: row for row in real.sql("FROM doses")}
    for claim in real.evidence.claims:
        for step in claim.steps:
            row = told[f"{real.iris.claim(claim.study, claim.id)}.step{step.position}"]
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
    "a variable of the program": "SELECT * FROM found",
    "an environment variable": "SELECT getenv('HOME')",
    "no SQL": "SELEC 1",
    "too long": "SELECT 1 --" + "x" * MAX_QUERY,
}


@pytest.mark.parametrize("name", REFUSED)
@pytest.mark.parametrize("files", [False, True], ids=["records", "files"])
def test_sql_reads_the_tables_and_does_nothing_else(
    name: str, files: bool, folder: Path, real: KnowledgeBase, in_tables: KnowledgeBase
) -> None:
    before = digests(folder)
    base = in_tables if files else real
    with pytest.raises(QueryError) as raised:
        base.sql(REFUSED[name].replace("{file}", __file__).replace("{folder}", str(folder)))
    assert "Whole-table questions" not in str(raised.value)
    assert digests(folder) == before
    assert base.sql("SELECT count(*) AS n FROM claims")[0]["n"] == len(real.evidence.claims)


def test_an_answer_has_a_largest_length_and_a_latest_time(folder: Path) -> None:
    with pytest.raises(QueryError, match="more than 10 rows"):
        DuckDB(folder, rows=10).select("SELECT * FROM range(11)")
    assert len(DuckDB(folder, rows=10).select("SELECT * FROM range(10)").rows) == 10
    short = DuckDB(folder, seconds=0.3)
    with pytest.raises(UnavailableError, match=r"no answer in 0\.3 s"):
        short.select(ENDLESS)
    assert short.select("SELECT 1 AS one").rows == [(1,)]


def test_memory_has_an_end(folder: Path) -> None:
    with pytest.raises(QueryError, match=r"(?i)memory"):
        DuckDB(folder).select("SELECT list(range) FROM range(2000000000)")


def test_a_folder_without_tables_is_told(tmp_path: Path) -> None:
    with pytest.raises(UnavailableError, match="write them with kb export parquet"):
        DuckDB(tmp_path)
    (tmp_path / "claims.parquet").write_bytes(b"no Parquet")
    with pytest.raises(UnavailableError, match=r"claims\.parquet cannot be read"):
        DuckDB(tmp_path)


# --- the command line ------------------------------------------------------------------------


def test_the_command_line_writes_asks_and_lists(tmp_path: Path) -> None:
    out = tmp_path / "it's tables"
    result = kb(ROOT, "export", "parquet", "--out", out)
    assert result.exit_code == 0
    assert f"{out / 'claims.parquet'}: " in result.output
    store = ("--store", f"parquet:{out}")
    assert "printed VARCHAR" in kb(ROOT, *store, "sql", "--tables").output
    asked = kb(ROOT, *store, "sql", "SELECT name FROM studies WHERE id = $s", "--param", "s=tower")
    assert "TOWER" in asked.output
    words = ("query", "evidence-map", "--param", "study=tower", "--csv")
    assert kb(ROOT, *store, *words).output == kb(ROOT, *words).output
    assert kb(ROOT, *store, "sql", "DROP VIEW claims").exit_code == 2
    assert kb(ROOT, "--store", f"parquet:{tmp_path}", "sql", "SELECT 1").exit_code == 3


# --- a cluster's engine ----------------------------------------------------------------------


@pytest.mark.skipif(
    importlib.util.find_spec("pyspark") is None or shutil.which("java") is None,
    reason="optional: a test of the same files in Spark, which needs pyspark and Java",
)
def test_spark_gives_the_same_answers_from_the_same_files(
    folder: Path, real: KnowledgeBase
) -> None:
    """All questions but those with ``unnest``, which Spark calls otherwise."""
    from pyspark.sql import SparkSession

    asked = [query for query in library().values() if "unnest(" not in query.sql]
    assert len(asked) > len(library()) - 3
    builder = SparkSession.builder.master("local[1]").config("spark.ui.enabled", "false")
    # Names in double quotes, as the standard has them.
    builder = builder.config("spark.sql.ansi.enabled", "true")
    spark = builder.config("spark.sql.ansi.doubleQuotedIdentifiers", "true").getOrCreate()
    try:
        for table in COLUMNS:
            spark.read.parquet(str(folder / f"{table}.parquet")).createOrReplaceTempView(table)
        for query in asked:
            given = given_to(query)
            text = re.sub(r"\$(\w+)", r":\1", query.in_sql(given))
            found = [tuple(row) for row in spark.sql(text, args=given).collect()]
            assert found == rows(real.ask(query.name, **given)), query.name
    finally:
        spark.stop()
