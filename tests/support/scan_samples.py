"""Small papers for scans: one with a wrong figure in a table and one in a sentence."""

from __future__ import annotations

from pathlib import Path

from support.jats_samples import article

TABLE = (
    "<table-wrap><label>Table 1</label><caption><p>Patients {word}</p></caption><table>"
    "<thead><tr><th/><th>Drug (n = 45)</th><th>Control (n = 50)</th><th>P value</th></tr></thead>"
    "<tbody><tr><td>Women, n (%)</td><td>12 (26.7)</td><td>20 (40.0)</td><td>0.20</td></tr>"
    "<tr><td>Smokers, n (%)</td><td>9/45 (20.0)</td><td>{share}</td><td>0.60</td></tr>"
    "</tbody></table></table-wrap>"
)


def paper(*, share: str = "8/50 (16.0)", text: str = "", word: str = "") -> bytes:
    """A paper without findings, unless a share or a text brings one."""
    body = TABLE.format(share=share, word=word) + f"<p>{text or 'All were alive.'}</p>"
    title = f"<title-group><article-title>A trial {word}</article-title></title-group>"
    return article(f"<sec><title>Results</title>{body}</sec>", meta=title)


WRONG_SHARE = "8/50 (61.0)"
WRONG_TEXT = "Falls occurred in 3/24 subjects (28%) of the group."


def write_papers(folder: Path, **papers: bytes) -> Path:
    folder.mkdir(exist_ok=True)
    for name, data in papers.items():
        (folder / f"{name}.xml").write_bytes(data)
    return folder
