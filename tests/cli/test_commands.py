"""Every command of ``kb``: its exit codes and what it writes."""

from __future__ import annotations

import csv
import io
import json
import re
import shlex
import sys
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from support.command_line import all_commands, kb
from support.environment import ROOT
from support.example_base import BASE, TEXTS, content, edit
from support.project import run

from kb import KnowledgeBase
from kb.cli.main import COMMANDS
from kb.export.csv import COLUMNS
from kb.records.json_schema import MODELS
from kb.records.starter import write_starter

HALT = "evidence/studies/halt.yaml"


# --- help ------------------------------------------------------------------------------------


def test_help_lists_every_command_and_the_exit_codes() -> None:
    result = kb(None, "--help")
    assert result.exit_code == 0
    assert "0 all holds, 1 findings, 2 bad input or usage, 3 could not" in result.output
    for name in COMMANDS:
        assert f"\n  {name} " in result.output


def test_the_package_can_be_run_as_a_module() -> None:
    ran = run(sys.executable, "-m", "kb", "show", "tower")
    assert (ran.returncode, ran.stderr) == (0, "")
    assert ran.stdout == kb(ROOT, "show", "tower").output


@pytest.mark.parametrize("words", [name.split() for name in all_commands()], ids=" ".join)
def test_help_of_a_command_has_examples_with_real_options(words: list[str]) -> None:
    result = kb(None, *words, "--help")
    assert result.exit_code == 0
    head, _, examples = result.output.partition("Examples:")
    lines = [line.split() for line in examples.splitlines() if line.strip().startswith("kb ")]
    assert lines
    for line in lines:
        assert line[1 : 1 + len(words)] == words
        assert all(word in result.output for word in line if word.startswith("--"))
    assert "Options:" in head or "Options:" in examples
    about = [line for line in head.partition("Options:")[0].splitlines()[1:] if line.strip()]
    assert not [line for line in about if re.search(r"\S {3,}\S|^ {3,8}\S", line)], "indentation"


@pytest.mark.parametrize("command", ["show", "query", "sql"])
def test_examples_in_help_can_be_run(command: str) -> None:
    shown = kb(None, command, "--help").output.partition("Examples:")[2]
    lines = [shlex.split(line)[1:] for line in shown.splitlines() if line.strip().startswith("kb ")]
    asked = [words for words in lines if "my-query.rq" not in words]
    assert asked
    for words in asked:
        answer = kb(ROOT, *words)
        assert answer.exit_code == 0, answer.output
        assert answer.output.strip()


def test_an_unknown_command_is_a_usage_error() -> None:
    assert kb(None, "verifiy").exit_code == 2
    assert kb(None, "export", "everything").exit_code == 2
    assert kb(None, "schema", "nothing").exit_code == 2
    assert "0.1.0" in kb(None, "--version").output


# --- verify ----------------------------------------------------------------------------------


def test_verify_counts_verified_claims(example_root: Path, tmp_path: Path) -> None:
    out = tmp_path / "v.json"
    before = content(example_root)
    result = kb(example_root, "verify", "--texts", TEXTS, "--json", out)
    assert result.exit_code == 0, result.output
    data = json.loads(out.read_text("utf-8"))
    claims = len(KnowledgeBase(example_root).evidence.claims)
    assert result.output == (
        f"{claims - 1} verified, 0 failed, 0 not_checked, 1 source_unavailable, 0 noted\n"
    )
    assert data["counts"] == {
        "verified": claims - 1,
        "failed": 0,
        "not_checked": 0,
        "source_unavailable": 1,
        "noted": 0,
    }
    assert len(data["claims"]) == claims
    assert set(data["claims"][0]) >= {"claim", "study", "source", "section", "printed", "state"}
    assert content(example_root) == before


def test_verify_reports_the_claim_that_fails(example_root: Path) -> None:
    edit(example_root, HALT, "values: {first-80: 80%}", "values: {first-80: 81%}")
    result = kb(example_root, "verify", "--texts", TEXTS)
    assert result.exit_code == 1
    assert "halt#halt-paper.2.PAIN_FREE.first-80: 81 is not one of the numbers in" in result.output
    assert " 1 failed" in result.output
    assert kb(example_root, "verify", "--texts", TEXTS, "--study", "ease").exit_code == 0


def test_verify_fails_if_nothing_is_checked(example_root: Path, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    result = kb(example_root, "verify", "--texts", tmp_path / "empty")
    assert result.exit_code == 3
    assert "a run that checks nothing has failed" in result.output
    # An earlier attestation does not count as a check.
    attested = kb(example_root, "verify", "--texts", TEXTS, "--record")
    assert attested.exit_code == 0
    assert kb(example_root, "verify", "--texts", tmp_path / "empty").exit_code == 3


def test_verify_without_one_of_the_texts_exits_3(example_root: Path, tmp_path: Path) -> None:
    (tmp_path / "halt-paper.txt").write_bytes((TEXTS / "halt-paper.txt").read_bytes())
    result = kb(example_root, "verify", "--texts", tmp_path)
    assert result.exit_code == 3
    assert kb(example_root, "coverage", "--texts", tmp_path).exit_code == 3


def test_verify_of_a_study_without_claims_exits_3(example_root: Path) -> None:
    assert kb(example_root, "new", "study", "empty").exit_code == 0
    assert kb(example_root, "verify", "--texts", TEXTS, "--study", "empty").exit_code == 3


@pytest.mark.parametrize(
    "words",
    [
        ["verify"],
        ["coverage"],
        ["verify", "--texts", "nowhere"],
        ["verify", "--texts", str(TEXTS), "--study", "hlat"],
        ["verify", "--texts", str(TEXTS), "--json", "nowhere/v.json"],
        ["verify", "--texts", str(TEXTS), "--record", "--study", "halt"],
        ["coverage", "--texts", str(TEXTS), "--json", "nowhere/c.json"],
        ["check", "--study", "hlat"],
        ["check", "--severity", "grave"],
        ["check", "--json", "nowhere/f.json"],
        ["show", "hlat"],
        ["show", "halt#nothing"],
        ["query", "study-result"],
        ["query", "study-results"],
        ["query", "study-results", "--param", "study"],
        ["query", "study-results", "--param", "study=hlat"],
        ["query", "nowhere.rq"],
        ["query", "SELECT * { ?s ?p }"],
        ["query", "SELECT * { SERVICE <http://127.0.0.1:1/> { ?s ?p ?o } }"],
        ["query", "DROP ALL"],
        ["export", "claims", "--out", "nowhere/c.csv"],
        ["new", "study", "halt"],
        ["new", "study", "../../escape"],
        ["new", "study", "Upper"],
        ["new", "source", "a" * 61],
        ["new", "adjudication", "nothing"],
    ],
    ids=" ".join,
)
def test_bad_input_is_one_clear_message_and_changes_nothing(
    example_root: Path, words: list[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    before = content(tmp_path)
    result = kb(example_root, *words)
    assert result.exit_code == 2, result.output
    assert result.stderr.strip()
    assert content(tmp_path) == before


def test_every_command_reports_all_mistakes_of_the_records(example_root: Path) -> None:
    edit(example_root, HALT, "favours: calmol", "favours: calmool")
    edit(example_root, "evidence/studies/ease.yaml", "cites: [13]", "cites: [99]")
    for words in (["build"], ["verify", "--texts", TEXTS], ["check"], ["export", "claims"]):
        result = kb(example_root, *words)
        assert result.exit_code == 2
        lines = result.stderr.strip().splitlines()
        assert len(lines) == 2
        assert "ease.yaml:" in lines[0]
        assert lines[1].endswith("expected a group of this study; did you mean 'calmol'?")


def test_a_folder_without_an_evidence_base_exits_3(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    result = kb(None, "show", "halt")
    assert result.exit_code == 3
    assert "--root or KB_ROOT" in result.stderr


# --- coverage --------------------------------------------------------------------------------


def coverage(root: Path, tmp_path: Path) -> tuple[Result, dict[str, Any]]:
    out = tmp_path / "c.json"
    result = kb(root, "coverage", "--texts", TEXTS, "--json", out)
    return result, json.loads(out.read_text("utf-8"))["sources"]


def test_coverage_counts_every_figure(example_root: Path, tmp_path: Path) -> None:
    result, sources = coverage(example_root, tmp_path)
    assert result.exit_code == 0, result.output
    assert set(sources) == {"halt-paper", "headache-review"}
    paper = sources["halt-paper"]
    assert paper["figures"] == paper["in_claims"] + paper["left_out"]
    assert (paper["left_out"], paper["unaccounted"]) == (1, 0)
    assert set(paper["sections"]) == {"Abstract", "1", "2", "Table 1", "3"}
    assert paper["sections"]["3"] == {
        "figures": 1,
        "in_claims": 1,
        "left_out": 0,
        "unaccounted": 0,
    }


def test_coverage_lists_a_figure_that_is_in_no_claim(example_root: Path, tmp_path: Path) -> None:
    line = "printed: 80% in the first 80 randomised, values: {first-80: 80%}"
    edit(example_root, HALT, line, "printed: It was 80%, values: {first-80: 80%}")
    result, sources = coverage(example_root, tmp_path)
    assert result.exit_code == 1
    missing = sources["halt-paper"]["missing"]
    assert [(m["section"], m["figure"]) for m in missing] == [("2", "80")]
    assert "first 80 randomised" in missing[0]["context"]
    assert sources["halt-paper"]["unaccounted"] == 1
    shown = kb(example_root, "coverage", "--texts", TEXTS, "--section", "halt-paper:2")
    assert "first 80 randomised" in shown.output
    assert "halt-paper 3:" not in shown.output


def test_coverage_lists_figures_only_where_few_are_left(tmp_path: Path) -> None:
    root, base = tmp_path / "base", "--section"
    write_starter(root, "Base", "https://example.org/base/")
    texts = root / "texts/example-paper.txt"
    texts.write_text(texts.read_text().replace("Adults had", "Of 7 towns, 8 took part. Adults had"))
    begun = kb(root, "coverage").output
    assert "    7  …" in begun
    assert "--section" not in begun
    more = " ".join(str(number) for number in range(1000, 1040))
    texts.write_text(texts.read_text().replace("Adults had", f"{more}. Adults had"))
    begun = kb(root, "coverage").output
    assert "    7  …" not in begun
    assert 'place: --section example-paper, --section "example-paper:PLACE"' in begun
    assert "    7  …" in kb(root, "coverage", base, "example-paper").output
    study = root / "evidence/studies/example-trial.yaml"
    study.write_text(study.read_text().partition("reports:")[0] + "reports: []\n")
    record = root / "evidence/sources/example-paper.yaml"
    record.write_text(record.read_text().partition("left_out:")[0])
    [line, hint] = kb(root, "coverage").output.splitlines()
    assert line.startswith("example-paper: ")
    assert "0 in_claims" in line
    assert "--section" in hint


# --- query, show, export, schema -------------------------------------------------------------


@pytest.mark.parametrize(
    ("sparql", "hint"),
    [
        ("ASK { ?s kb:endpiont ?e }", "kb:endpiont is not in the dataset; did you mean 'kb:"),
        (
            "ASK { ?s ?p study:hallt }",
            "study:hallt is not in the dataset; did you mean 'study:halt'?",
        ),
        (f"ASK {{ ?s ?p <{BASE}study/hallt> }}", "did you mean 'study:halt'?"),
        (f"PREFIX e: <{BASE}study/> ASK {{ ?s ?p e:hallt }}", "did you mean 'study:halt'?"),
        ("ASK { ?s ?p study:zzzzzzzz }", "study:zzzzzzzz is not in the dataset\n"),
        ("ASK { study:halt a kb:Study ; dcterms:nothing ?t }", ""),
        ('ASK { ?s ?p "kb:endpiont" . # study:hallt\n }', ""),
        ("ASK { ?s ?p <https://elsewhere.org/study/hallt> }", ""),
    ],
)
def test_query_names_what_the_dataset_lacks(example_root: Path, sparql: str, hint: str) -> None:
    result = kb(example_root, "query", sparql)
    assert result.exit_code == 0, result.output
    assert hint in result.stderr if hint else result.stderr == ""


def test_query_lists_every_question(example_root: Path) -> None:
    from kb.stores.library import library

    result = kb(example_root, "query", "--list")
    assert result.exit_code == 0
    for name, query in library().items():
        assert name in result.output
        assert query.question in result.output
    assert kb(example_root, "query").output == result.output


def test_query_takes_a_name_a_file_or_sparql(example_root: Path, tmp_path: Path) -> None:
    words = ["study-results", "--param", "study=ease"]
    rows = json.loads(kb(example_root, "query", *words, "--json").output)
    assert rows
    assert all(row["claim"].startswith(f"{BASE}study/ease#") for row in rows)
    text = kb(example_root, "query", *words, "--text").output
    assert text.startswith("PREFIX")
    file = tmp_path / "mine.rq"
    file.write_text(
        "# question: Which claims has a study?\n# why: to try it\n# parameter ?study: study\n"
        "SELECT ?claim { ?claim kb:measure/kb:study ?study }\n",
        "utf-8",
    )
    mine = json.loads(kb(example_root, "query", file, "--param", "study=ease", "--json").output)
    assert len(mine) == sum(c.study == "ease" for c in KnowledgeBase(example_root).evidence.claims)
    asked = kb(example_root, "query", "SELECT ?s { ?s a kb:Study } ORDER BY ?s", "--csv")
    assert asked.output.splitlines() == [
        "s",
        f"{BASE}study/ease",
        f"{BASE}study/halt",
        f"{BASE}study/halt-aura",
    ]
    shown = kb(example_root, "query", "SELECT ?s { ?s a kb:Study } ORDER BY ?s")
    assert shown.output.splitlines()[-1] == "(3 rows)"
    assert kb(example_root, "query", "SELECT ?s { ?s a kb:Nothing }").stdout == "no rows\n"


def test_a_formula_in_a_label_is_escaped_in_the_csv_of_a_query(example_root: Path) -> None:
    edit(example_root, HALT, "{label: placebo arm,", "{label: '=1+1',")
    query = f"SELECT ?l {{ <{BASE}study/halt#group.placebo> rdfs:label ?l }}"
    assert kb(example_root, "query", query, "--csv").output == "l\n'=1+1\n"


def test_show_prints_a_study_with_its_claims(example_root: Path) -> None:
    result = kb(example_root, "show", "halt")
    assert result.exit_code == 0
    assert result.output.startswith("HALT: calmol versus placebo\n")
    for text in ("randomised", "phase 3", "NCT01234567", "calmol arm", "PAIN_FREE", "p<0.001"):
        assert text in result.output
    rows = json.loads(kb(example_root, "show", "halt", "--json").output)
    assert list(rows[0]) == list(COLUMNS)


def test_show_explains_a_claim(example_root: Path) -> None:
    name = "halt#halt-paper.2.PAIN_FREE.first-80"
    result = kb(example_root, "show", name)
    assert result.exit_code == 0
    assert result.output.strip() == KnowledgeBase(example_root).explain(name)


def test_export_writes_the_same_to_a_file_as_to_the_terminal(
    example_root: Path, tmp_path: Path
) -> None:
    out = tmp_path / "claims.csv"
    assert kb(example_root, "export", "claims", "--out", out).exit_code == 0
    printed = kb(example_root, "export", "claims").output
    assert out.read_text("utf-8") == printed
    checked = kb(example_root, "export", "claims", "--texts", TEXTS).output
    assert ",verified," in checked
    assert ",verified," not in printed


@pytest.mark.parametrize("kind", MODELS)
def test_schema_prints_json_schema(example_root: Path, tmp_path: Path, kind: str) -> None:
    out = tmp_path / "made" / f"{kind}.json"
    assert kb(example_root, "schema", kind, "--out", out).exit_code == 0
    assert out.read_text("utf-8") == kb(example_root, "schema", kind).output
    assert json.loads(out.read_text("utf-8"))["$schema"].startswith("https://json-schema.org/")


# --- build -----------------------------------------------------------------------------------


def test_build_writes_dataset_tables_schemas_and_site(example_root: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    before = content(example_root)
    result = kb(example_root, "build", "--out", out, "--texts", TEXTS)
    assert result.exit_code == 0, result.output
    assert "2 studies" in result.output
    first = content(out)
    assert {"kb.nq", "claims.csv", "schema/study.schema.json"} <= set(first)
    assert any(name.startswith("site/") for name in first)
    assert content(example_root) == before
    assert kb(example_root, "build", "--out", out, "--texts", TEXTS).exit_code == 0
    assert content(out) == first


def test_build_refuses_a_folder_with_other_content(example_root: Path, tmp_path: Path) -> None:
    (tmp_path / "thesis").mkdir()
    (tmp_path / "thesis" / "chapter.txt").write_text("years of work", "utf-8")
    result = kb(example_root, "build", "--out", tmp_path / "thesis")
    assert result.exit_code == 2
    assert "is not a kb build" in result.stderr
    assert content(tmp_path / "thesis") == {"chapter.txt": b"years of work"}


def test_serve_needs_a_build(example_root: Path) -> None:
    result = kb(example_root, "serve", "--port", "0")
    assert result.exit_code == 3
    assert "run `kb build` first" in result.stderr


def test_the_table_for_a_meta_analysis_is_printed_or_written(
    example_root: Path, tmp_path: Path
) -> None:
    command = ("export", "analysis", "--endpoint")
    result = kb(example_root, *command, "PAIN_FREE")
    assert result.exit_code == 0, result.output
    header, *rows = csv.reader(io.StringIO(result.output))
    assert (len(header), bool(rows)) == (45, True)
    out = tmp_path / "table.csv"
    assert kb(example_root, *command, "PAIN_FREE", "--out", out).exit_code == 0
    assert out.read_text("utf-8-sig") == result.output
    wrong = kb(example_root, *command, "PAIN_FREE", "--out", tmp_path / "table.xls")
    assert wrong.exit_code == 2
    assert "must end with .csv, .parquet, .arrow" in wrong.stderr
    unknown = kb(example_root, *command, "PAIN_FRE")
    assert unknown.exit_code == 2
    assert "did you mean 'PAIN_FREE'" in unknown.stderr


def test_every_command_is_tested() -> None:
    """A new command needs a test: this list and the tests above grow together."""
    assert sorted(all_commands()) == [
        "add term",  # in records/test_new_term.py
        "build",
        "check",
        "compare",  # in test_compare.py
        "coverage",
        "diff",  # in test_diff.py
        "draft",  # in test_draft.py
        "export analysis",
        "export claims",
        "export fhir",  # in export/test_fhir.py
        "export nanopubs",  # in export/test_nanopubs.py
        "export nquads",
        "export parquet",  # in stores/test_duckdb.py, as is `kb sql`
        "export xlsx",  # in export/
        "import",  # in test_import.py
        "init",  # in test_init.py
        "load",  # in stores/test_untrusted_endpoint.py
        "mcp",  # in server/test_assistant_questions.py and others
        "new adjudication",
        "new source",
        "new study",
        "query",
        "read",  # in papers/test_kb_read.py
        "release",  # in test_release.py
        "scan",  # in test_scan.py
        "schema",
        "serve",
        "show",
        "sql",
        "test",  # in test_test.py
        "verify",
    ]


@pytest.mark.parametrize("header", ["", "# question: What?\n# why: a test\n"])
def test_the_line_of_an_error_is_that_of_the_query_as_written(
    example_root: Path, tmp_path: Path, header: str
) -> None:
    path = tmp_path / "wrong.rq"
    path.write_text(f"{header}SELECT ?s {{\n  ?s a kb:Study .\n  ?s ?p }}", "utf-8")
    result = kb(example_root, "query", path)
    assert result.exit_code == 2
    assert f"error at {3 + header.count(chr(10))}:" in result.output
