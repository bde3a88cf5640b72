"""What stands around the example's initiatives: the agency, its objectives, programmes and dependencies."""

from __future__ import annotations

from openvmo.engine.model import Dependency, DependencyKind, Objective, Programme

ID = "norvale"
NAME = "Norvale Agency for Land, Licences and Support"
CURRENCY = "EUR"
HORIZON = 120
DISCOUNT_RATE = 0.03
FISCAL_YEAR_START = 4
DESCRIPTION = (
    "An invented agency: it keeps the land register of Norvale, grants licences and pays support to households and "
    "farms. "
    "All names and figures are made up."
)

OBJECTIVES = (
    Objective(
        id="OBJ-1",
        name="Decisions in days, not months",
        weight=0.30,
        description="People and firms can plan because answers come soon.",
    ),
    Objective(id="OBJ-1.1", name="Licences decided in ten days", parent="OBJ-1", weight=0.55),
    Objective(id="OBJ-1.2", name="First support paid in five days", parent="OBJ-1", weight=0.45),
    Objective(
        id="OBJ-2",
        name="Land records that people rely on",
        weight=0.20,
        description="Who owns what is clear and can be looked up by anyone.",
    ),
    Objective(id="OBJ-2.1", name="Boundaries and rights beyond doubt", parent="OBJ-2", weight=0.65),
    Objective(id="OBJ-2.2", name="Land data open to all", parent="OBJ-2", weight=0.35),
    Objective(
        id="OBJ-3",
        name="A house that costs less to run",
        weight=0.25,
        description="Money goes into services instead of buildings and retyping.",
    ),
    Objective(id="OBJ-3.1", name="Less effort for each case", parent="OBJ-3", weight=0.70),
    Objective(id="OBJ-3.2", name="Fewer buildings and less energy", parent="OBJ-3", weight=0.30),
    Objective(
        id="OBJ-4",
        name="Services that people choose to use",
        weight=0.15,
        description="Online is the easier way, and nobody is left behind.",
    ),
    Objective(id="OBJ-4.1", name="Most cases done online", parent="OBJ-4", weight=0.55),
    Objective(id="OBJ-4.2", name="Nobody left behind", parent="OBJ-4", weight=0.45),
    Objective(
        id="OBJ-5", name="Safe and lawful", weight=0.10, description="Data are safe, and money goes where the law says."
    ),
    Objective(id="OBJ-5.1", name="Data safe with the agency", parent="OBJ-5", weight=0.40),
    Objective(id="OBJ-5.2", name="Less fraud and error", parent="OBJ-5", weight=0.40),
    # No benefit serves it: the coverage page shows the hole.
    Objective(id="OBJ-5.3", name="Ready for floods and storms", parent="OBJ-5", weight=0.20),
)

PROGRAMMES = (
    Programme(
        id="DIG",
        name="Services at the Doorstep",
        owner="Leonie Achterberg",
        description="People deal with the agency from home. The law, the platforms, their security and the help for "
        "those who are unsure must arrive together: each alone brings next to nothing.",
    ),
    Programme(
        id="LND",
        name="One Land Record",
        owner="Rasmus Oyelaran",
        description="One register of land, measured, scanned and open.",
    ),
    Programme(
        id="LIC",
        name="Licences in Ten Days",
        owner="Marisol Quaye",
        description="Fewer rules, earlier decisions, inspections where they matter.",
    ),
    Programme(
        id="SUP",
        name="Support That Arrives",
        owner="Naledi Ferreira",
        description="The right support to the right people, soon and without error.",
    ),
    Programme(
        id="OPS",
        name="A Leaner House",
        owner="Callum Thibodeaux",
        description="Fewer buildings, less energy, and the skills for new work.",
    ),
)

_LINKS = {
    DependencyKind.REQUIRES: (
        "DIG-02 DIG-04",
        "DIG-02 DIG-05",
        "DIG-06 DIG-02",
        "DIG-03 DIG-10",
        "DIG-12 LIC-09",
        "DIG-03 SUP-10",
    ),
    DependencyKind.FINISH_TO_START: (
        "DIG-01 DIG-14",
        "DIG-03 DIG-16",
        "LND-03 LIC-05",
        "LIC-01 LIC-12",
        "SUP-01 SUP-10",
        "LND-01 LND-11",
    ),
    DependencyKind.ENABLES: (
        *("DIG-01 DIG-02", "DIG-07 DIG-02", "DIG-09 DIG-03", "DIG-09 DIG-04", "DIG-09 DIG-05"),
        *("DIG-02 DIG-13", "LND-03 SUP-07", "OPS-04 DIG-03", "DIG-08 DIG-11"),
    ),
}
DEPENDENCIES = tuple(
    Dependency(kind=kind, source=link.split()[0], target=link.split()[1])
    for kind, links in _LINKS.items()
    for link in links
)
