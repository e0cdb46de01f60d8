"""Every kind of document opens in LibreOffice, and has pages."""

import shutil
import subprocess
from datetime import date
from itertools import islice

import pytest

import mentormatch as mm
from mentormatch.documents.cabinet import MAKERS

MOST = 4  # documents of a code and a language


@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is not installed")
def test_every_kind_of_document_opens_in_libreoffice(school_sources, tmp_path):
    """LibreOffice turns each into a PDF; one that it had to repair or refuse has none."""
    written = []
    for lang in ("ru", "en"):
        sources = school_sources(date(2027, 6, 1), lang)
        for code in MAKERS:
            papers = (
                it
                for it in mm.make_documents(sources, [code])
                if it.file.endswith(("docx", "xlsx"))
            )
            for paper in islice(papers, MOST):
                path = tmp_path / f"{lang}-{code}-{paper.file}"
                path.write_bytes(paper.content)
                written.append(path)
    assert written
    subprocess.run(
        ["soffice", f"-env:UserInstallation=file://{tmp_path}/profile", "--headless",
         "--convert-to", "pdf", "--outdir", tmp_path / "pdf", *written],
        check=True, capture_output=True, timeout=600,
    )  # fmt: skip
    for path in written:
        content = (tmp_path / "pdf" / path.with_suffix(".pdf").name).read_bytes()
        assert content.startswith(b"%PDF"), path.name
        assert b"/Type/Page" in content.replace(b"/Type /Page", b"/Type/Page"), path.name
