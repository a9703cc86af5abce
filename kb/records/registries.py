"""Trial registries: those of the WHO's ICTRP network, and how their ids are written."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

REGISTRIES: Final[Mapping[str, str]] = {
    "ClinicalTrials.gov": r"NCT[0-9]{8}",
    "EU Clinical Trials Register": r"[0-9]{4}-[0-9]{6}-[0-9]{2}",
    "Clinical Trials Information System": r"[0-9]{4}-5[0-9]{5}-[0-9]{2}-[0-9]{2}",
    "ISRCTN": r"ISRCTN[0-9]{8}",
    "ANZCTR": r"ACTRN[0-9]{14}",
    "ChiCTR": r"ChiCTR(?:-[A-Za-z]{2,5}-)?[0-9]{8,10}",
    "CRIS": r"KCT[0-9]{7}",
    "CTRI": r"CTRI/[0-9]{4}/[0-9]{2,3}/[0-9]{6}",
    "DRKS": r"DRKS[0-9]{8}",
    "IRCT": r"IRCT[0-9]{8,14}N[0-9]{1,3}",
    "ITMCTR": r"ITMCTR[0-9]{10}",
    "JPRN": (
        r"(?:JPRN-)?(?:UMIN[0-9]{9}|jRCT(?:[a-z][0-9]{9}|[0-9]{10})|JapicCTI-[0-9]{6}|JMA-IIA[0-9]{5}|C[0-9]{9})"
    ),
    "LBCTR": r"LBCTR[0-9]{10}",
    "NTR and OMON": r"NTR[0-9]{1,5}|NL[0-9]{1,5}|NL-OMON[0-9]{4,6}",
    "PACTR": r"PACTR[0-9]{15,16}",
    "ReBEC": r"RBR-[0-9a-z]{5,10}",
    "REPEC": r"PER-[0-9]{3}-[0-9]{2}",
    "RPCEC": r"RPCEC[0-9]{8}",
    "SLCTR": r"SLCTR/[0-9]{4}/[0-9]{3}",
    "TCTR": r"TCTR[0-9]{11}",
    "Universal Trial Number": r"U[0-9]{4}-[0-9]{4}-[0-9]{4}",
}
"""The form of an id by its registry; the last one is the number that the WHO gives a trial."""

TRIAL_ID: Final = f"^(?:{'|'.join(REGISTRIES.values())})$"
"""The form of an id of any of the registries."""
