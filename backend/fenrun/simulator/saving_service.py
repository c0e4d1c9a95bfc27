"""Decisions about saved simulations, and about what is proposed from them."""

import datetime as dt
from threading import Lock

from sqlalchemy.orm import Session

from fenrun.kit import audit_log
from fenrun.kit.errors import NotFoundError
from fenrun.kit.ids import new_id
from fenrun.plans import service as plans
from fenrun.registry.access import Viewer
from fenrun.simulator import declaration, repository, service
from fenrun.simulator.comparison import World
from fenrun.simulator.designs import Rule
from fenrun.simulator.errors import DesignError, FourEyesError, SimulatedOnlyError, SimulationStateError
from fenrun.simulator.models import PlanProposal, Simulation
from fenrun.simulator.result_schemas import ComparisonOut
from fenrun.simulator.saved_schemas import ProposalIn
from fenrun.simulator.schemas import RuleIn, SimulationIn, as_json
from fenrun.simulator.sources import History
from fenrun.simulator.world import Assumptions

_WORLDS = 4
"""Kept at once: as many sets of assumptions as people try at the same time."""


class Histories:
    """The settled orders, and the worlds made of them, kept in this process until there are others: a redraw must not
    wait for what was reckoned before."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._known: tuple[tuple[int, ...], History] | None = None
        self._worlds: dict[Assumptions, World] = {}

    def current(self, session: Session, currency: str) -> History:
        """The settled orders as they are now.

        Raises:
            NothingToSimulateError: none.
        """
        state = repository.state(session)
        with self._lock:
            if self._known is None or self._known[0] != state:
                self._known = state, repository.history(session, currency)
                self._worlds.clear()
            return self._known[1]

    def world(self, session: Session, currency: str, assumptions: Assumptions) -> World:
        """The settled orders under assumptions.

        Raises:
            NothingToSimulateError: none.
        """
        history = self.current(session, currency)
        with self._lock:
            found = self._worlds.pop(assumptions, None) or World.of(history.orders, history.today, assumptions)
            self._worlds[assumptions] = found
            while len(self._worlds) > _WORLDS:
                del self._worlds[next(iter(self._worlds))]
            return found


def save(session: Session, asked: SimulationIn, by: str) -> Simulation:
    """Queues a simulation; the worker makes it.

    Raises:
        DesignError: a design or an assumption makes no sense.
    """
    for design in asked.designs:
        design.design()
    asked.assumptions.assumptions()
    made = Simulation(id=new_id("sim"), name=asked.name, asked=as_json(asked), created_by=by)
    session.add(made)
    session.flush()
    audit_log.record(session, "simulation.saved", made.id, after={"name": asked.name})
    return made


def get(session: Session, id_: str, *, lock: bool = False) -> Simulation:
    """A simulation.

    Raises:
        NotFoundError: none.
    """
    found = repository.simulation(session, id_, lock=lock)
    if found is None:
        raise NotFoundError(f"No simulation {id_}")
    return found


def result_of(found: Simulation) -> ComparisonOut:
    """What a simulation came to.

    Raises:
        SimulationStateError: it is not done.
    """
    if found.result is None:
        raise SimulationStateError(f"The simulation is {found.status}; wait until it is done")
    return ComparisonOut.model_validate(found.result)


def cancel(session: Session, id_: str, at: dt.datetime) -> Simulation:
    """Ends a simulation that is not done: at once when it waits, and at its next step when it runs.

    Raises:
        NotFoundError: none.
        SimulationStateError: it has ended.
    """
    found = get(session, id_, lock=True)
    if found.status not in ("queued", "running"):
        raise SimulationStateError(f"The simulation is {found.status} already")
    found.cancel_requested = True
    if found.status == "queued":
        found.status, found.finished_at = "canceled", at
    audit_log.record(session, "simulation.canceled", id_)
    return found


# --- Proposals ----------------------------------------------------------------------------------------


def propose(session: Session, simulation_id: str, asked_for: ProposalIn, by: Viewer, now: dt.datetime) -> PlanProposal:
    """Proposes a rule of a candidate as the next version of a plan. Compliance judges it at once, by what is declared.

    Raises:
        NotFoundError: no such simulation, candidate or rule.
        SimulatedOnlyError: the contract cannot settle it.
        SimulationStateError: the simulation is not done, or another version of the plan waits.
    """
    found, name, plan, code = get(session, simulation_id), asked_for.design, asked_for.plan, asked_for.code
    outcome = result_of(found)
    asked = SimulationIn.model_validate(found.asked)
    offered = [*asked.designs, *(point.design for point in outcome.front)]
    rule_in = next((design.plans[plan] for design in offered if design.name == name and plan in design.plans), None)
    if rule_in is None:
        raise NotFoundError(f"The simulation has no candidate {name} with a rule for {plan}")
    rule = rule_in.rule()
    if reasons := rule.simulated_only():
        raise SimulatedOnlyError(f"The contract cannot settle this: {', '.join(reasons)}. It can only be simulated")
    if repository.waiting_proposal(session, code) is not None:
        raise SimulationStateError(f"Another version of plan {code} waits for a decision: have it decided first")
    figures = next((figures for figures in outcome.designs if figures.name == name), None)
    made = PlanProposal(
        id=new_id("pp"),
        simulation_number=found.number,
        design=name,
        code=code,
        terms=as_json(rule_in),
        findings=[as_json(finding) for finding in figures.findings] if figures else [],
        declaration=as_json(asked_for.declaration),
        proposed_by=by.member_id,
        proposed_by_name=by.login,
    )
    session.add(made)
    session.flush()
    audit_log.record(
        session, "plan.proposed", made.id, after={"plan": code, "terms": made.terms, "declaration": made.declaration}
    )
    declaration.judge(session, made, now)
    return made


def approve(session: Session, id_: str, reference_key: bytes, by: str, login: str, at: dt.datetime) -> PlanProposal:
    """Makes a proposal a plan version, which then goes to the chain as every version does.

    Raises:
        NotFoundError: no such proposal.
        FourEyesError: the one who proposed it.
        SimulationStateError: it was decided already.
        ComplianceBlockedError: a rule holds or blocks it.
    """
    found = _waiting(session, id_)
    if found.proposed_by == by:
        raise FourEyesError("Somebody else than who proposed the version has to approve it")
    declaration.judge(session, found, at).require_pass()
    currency = _currency(session, found)
    rule = RuleIn.model_validate(found.terms).rule()
    flaw = rule.flaw()
    if flaw is not None:
        raise DesignError(f"Plan {found.code}: {flaw}")
    made = plans.add_plan(session, reference_key, found.code, currency, rule.terms)
    found.status, found.plan_number = "approved", made.number
    found.decided_by, found.decided_by_name, found.decided_at = by, login, at
    audit_log.record(session, "plan.approved", id_, after={"plan": f"{made.code}@{made.version}", "id": made.id})
    return found


def reject(session: Session, id_: str, reason: str, by: str, login: str, at: dt.datetime) -> PlanProposal:
    """Turns a proposal down.

    Raises:
        NotFoundError: no such proposal.
        SimulationStateError: it was decided already.
    """
    found = _waiting(session, id_)
    found.status, found.reason = "rejected", reason
    found.decided_by, found.decided_by_name, found.decided_at = by, login, at
    audit_log.record(session, "plan.rejected", id_, after={"reason": reason})
    return found


def _waiting(session: Session, id_: str) -> PlanProposal:
    found = repository.proposal(session, id_, lock=True)
    if found is None:
        raise NotFoundError(f"No proposal {id_}")
    if found.status != "waiting":
        raise SimulationStateError(f"The proposal is {found.status} already")
    return found


def _currency(session: Session, found: PlanProposal) -> str:
    ids = repository.simulation_ids(session, [found.simulation_number])
    return result_of(get(session, ids[found.simulation_number])).currency


def history_of(session: Session, histories: Histories, asked: SimulationIn, currency: str) -> History:
    """The orders that a simulation is about.

    Raises:
        NothingToSimulateError: none.
        DesignError: it states a business, and there is no plan to compare with.
    """
    if asked.distribution is None:
        return histories.current(session, currency)
    today = {plan.code: Rule(plans.terms_of(plan)) for plan in plans.all_plans(session)}
    found = service.stated(asked, currency, today)
    assert found is not None
    return found
