"""The templates that come with the product: four papers that ask for value first.

A new installation gets them by a migration. Their texts are marked for translation and shown in the reader's language
as long as the organisation keeps them.
"""

from __future__ import annotations

from dataclasses import dataclass

from openvmo_web.papers.rules import Section


def _(sentence: str) -> str:
    """Mark a sentence for translation; it is translated where it is shown."""
    return sentence


@dataclass(frozen=True)
class DefaultTemplate:
    """A template as a new installation has it."""

    kind: str
    code: str
    name: str
    sections: tuple[Section, ...]


OBJECTIVES = Section(
    key="objectives",
    title=_("Which objectives does it serve?"),
    help=_("Taken from the benefits in the register. If this is empty, nothing in the strategy asks for this work."),
    kind="fact",
    required=True,
    fact="objectives",
)
BENEFITS = Section(
    key="benefits",
    title=_("What is gained, and who answers for it?"),
    help=_("The benefits in the register, each with its measure and its owner. Change them there."),
    kind="fact",
    required=True,
    fact="benefits",
)
STOP = Section(
    key="stop",
    title=_("What would make us stop?"),
    help=_("Name the facts that would end this work, and who would see them first. “Nothing” is not an answer."),
    required=True,
)
EVIDENCE = Section(
    key="evidence",
    title=_("What do we know, and what do we only believe?"),
    help=_("Trials, data, experience of others. Say where the figures come from and how far they carry."),
    required=True,
)
RISKS = Section(
    key="risks",
    title=_("What may go wrong?"),
    help=_("The risks of the current plan with their chance and what they would cost, from the register."),
    kind="fact",
    fact="risks",
)

CHARTER = DefaultTemplate(
    kind="charter",
    code="charter",
    name=_("Charter"),
    sections=(
        Section(
            key="value",
            title=_("The value, in one sentence"),
            help=_("Who is better off, by how much, and by when. Start with a verb of change: reduce, raise, end."),
            kind="text",
            required=True,
        ),
        OBJECTIVES,
        BENEFITS,
        Section(
            key="measure",
            title=_("How will we see that it came?"),
            help=_("The one or two measures that count, where they stand today, and where they are to stand."),
            required=True,
        ),
        Section(
            key="problem",
            title=_("What is wrong today, and what if we do nothing?"),
            help=_("The present state in figures, and how it will go on without this work."),
            required=True,
        ),
        Section(
            key="scope",
            title=_("What is in, and what is out?"),
            help=_("What will be delivered, and what others might expect but will not get."),
            required=True,
        ),
        Section(key="lead", title=_("Who leads it?"), kind="fact", required=True, fact="lead"),
        Section(
            key="sponsor",
            title=_("Who wants it and answers for its value?"),
            help=_("One person, who stays accountable after the work has ended."),
            kind="text",
            required=True,
        ),
        Section(key="cost", title=_("What does it cost over its life?"), kind="fact", required=True, fact="cost"),
        Section(key="go-live", title=_("When does it go live?"), kind="fact", required=True, fact="go_live"),
        EVIDENCE,
        STOP,
    ),
)

BUSINESS_CASE = DefaultTemplate(
    kind="business_case",
    code="business-case",
    name=_("Business case"),
    sections=(
        Section(
            key="decision",
            title=_("What is to be decided?"),
            help=_("One sentence: how much money, for what, until when."),
            kind="text",
            required=True,
        ),
        OBJECTIVES,
        Section(
            key="need",
            title=_("Why is it needed, and why now?"),
            help=_("What has changed, what it costs to wait a year, and what happens if nothing is done."),
            required=True,
        ),
        BENEFITS,
        Section(
            key="annual-benefit",
            title=_("What is it worth a year, once steady?"),
            kind="fact",
            required=True,
            fact="annual_benefit",
        ),
        Section(key="cost", title=_("What does it cost over its life?"), kind="fact", required=True, fact="cost"),
        Section(
            key="npv",
            title=_("What is it worth, all in all?"),
            help=_("The expected net present value and its spread, from the newest forecast."),
            kind="fact",
            fact="npv",
        ),
        Section(
            key="options",
            title=_("Which courses of action were weighed?"),
            help=_("The options of the current plan, doing nothing among them."),
            kind="fact",
            required=True,
            fact="options",
        ),
        Section(
            key="why-this-option",
            title=_("Why this one?"),
            help=_("What it does better than the next best, and what it gives up for that."),
            required=True,
        ),
        Section(
            key="evidence-strength",
            title=_("How strong is the evidence?"),
            kind="choice",
            required=True,
            choices=(_("Measured elsewhere"), _("Tried here on a small scale"), _("Experts agree"), _("An assumption")),
        ),
        EVIDENCE,
        Section(
            key="business-change",
            title=_("What must the business do so that the benefits come?"),
            help=_("Benefits come from people who work differently. Say who, what, from when, and at what cost."),
            required=True,
        ),
        RISKS,
        Section(
            key="affordability",
            title=_("Where does the money come from?"),
            help=_("Budget, year by year, and which benefit owner has agreed to have a budget reduced."),
            required=True,
        ),
        STOP,
        Section(
            key="review",
            title=_("When do we look again?"),
            help=_("The first day on which we can know whether the value is arriving."),
            kind="date",
            required=True,
        ),
    ),
)

BENEFIT_PROFILE = DefaultTemplate(
    kind="benefit_profile",
    code="benefit-profile",
    name=_("Benefit profile"),
    sections=(
        Section(
            key="summary",
            title=_("What changes for whom?"),
            help=_("What somebody will see who was not told of this work."),
            kind="text",
            required=True,
        ),
        Section(
            key="objective", title=_("Which objective does it serve?"), kind="fact", required=True, fact="objectives"
        ),
        Section(key="measure", title=_("How is it measured?"), kind="fact", required=True, fact="measure"),
        Section(
            key="people",
            title=_("Who answers for it, measures it and keeps it alive?"),
            kind="fact",
            required=True,
            fact="people",
        ),
        Section(
            key="profile", title=_("How much, from when, for how long?"), kind="fact", required=True, fact="profile"
        ),
        Section(
            key="attribution",
            title=_("Why will this work bring it, and not something else?"),
            help=_("The chain from what is delivered, through what people do differently, to the measure."),
            required=True,
        ),
        Section(key="assumptions", title=_("What does it rest on?"), kind="fact", fact="assumptions"),
        EVIDENCE,
        Section(
            key="losers",
            title=_("Who is worse off, and what do we do for them?"),
            help=_("Dis-benefits belong in the register too, with the opposite sign."),
        ),
        Section(
            key="sustain",
            title=_("What keeps it alive after go-live?"),
            help=_("Training, upkeep, targets in somebody's budget: what must go on when the project team is gone."),
            required=True,
        ),
        STOP,
    ),
)

RISK_ASSESSMENT = DefaultTemplate(
    kind="risk_assessment",
    code="risk-assessment",
    name=_("Risk assessment"),
    sections=(
        Section(
            key="value-at-risk",
            title=_("Which value is at stake?"),
            help=_("The benefits in the register: the assessment is about these, not only about cost and dates."),
            kind="fact",
            required=True,
            fact="benefits",
        ),
        RISKS,
        Section(
            key="benefit-risks",
            title=_("What could keep the benefits away although all is delivered?"),
            help=_("People go on as before, the world changes, somebody else claims the same gain."),
            required=True,
        ),
        Section(
            key="early-signs",
            title=_("What will we see first when it goes wrong?"),
            help=_("A figure, who looks at it, and how often."),
            required=True,
        ),
        Section(
            key="response",
            title=_("What do we do about the worst three?"),
            help=_("For each: what is done, by whom, until when, and what it costs."),
            required=True,
        ),
        Section(
            key="owner",
            title=_("Who watches over these risks?"),
            help=_("One person by name."),
            kind="text",
            required=True,
        ),
        Section(key="depends", title=_("What does it lean on?"), kind="fact", fact="dependencies"),
        Section(
            key="appetite",
            title=_("Is this more risk than we want to bear?"),
            kind="choice",
            required=True,
            choices=(_("Less than we would bear"), _("As much as we would bear"), _("More than we would bear")),
        ),
        EVIDENCE,
        STOP,
        Section(key="next", title=_("When is it assessed again?"), kind="date", required=True),
    ),
)

TEMPLATES = (CHARTER, BUSINESS_CASE, BENEFIT_PROFILE, RISK_ASSESSMENT)


def starting_sections() -> tuple[Section, ...]:
    """Return what a new template asks for before anything is said: the value, the evidence, and the end."""
    return (OBJECTIVES, BENEFITS, EVIDENCE, STOP)
