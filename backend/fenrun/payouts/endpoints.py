"""Payouts, runs, the bank's answers: HTTP only."""

import datetime as dt
from contextlib import closing
from typing import Annotated

from fastapi import APIRouter, Body, Query, Request, Response
from sqlalchemy import RowMapping
from sqlalchemy.orm import Session

from fenrun.chain.client import hex_bytes, to_hex
from fenrun.chain.errors import ChainUnavailableError, RpcError
from fenrun.compliance.errors import ComplianceBlockedError
from fenrun.kit.errors import ForbiddenError, NotFoundError, UnauthorizedError
from fenrun.kit.http import InSession, Page, PageQuery, Paging, page_of, problems
from fenrun.payouts import (
    answers_service,
    file_service,
    repository,
    service,
    vault_repository,
    withdrawals_service,
)
from fenrun.payouts.details_endpoints import Payee
from fenrun.payouts.errors import (
    BankAnswerError,
    FileChangedError,
    OtherCurrencyError,
    PayerMissingError,
    PaysOnError,
    RailError,
    RunEmptyError,
    SamePersonError,
    TransitionError,
    WithdrawalRefusedError,
)
from fenrun.payouts.schemas import (
    AnswerOut,
    ExclusionOut,
    PayoutOut,
    ReasonIn,
    RunIn,
    RunOut,
    RunWithHistory,
    TransitionOut,
    VaultOut,
    WithdrawalIn,
)
from fenrun.payouts.service import Actor
from fenrun.payouts.settings import load_payout_settings
from fenrun.payouts.states import PayoutStatus, RunStatus
from fenrun.payouts.withdrawals_service import Withdrawal
from fenrun.registry.access import Finance, SignedIn, scope_of
from fenrun.registry.errors import ErasedError

router = APIRouter(prefix="/v1", tags=["payouts"], responses=problems(UnauthorizedError, ForbiddenError))

Id = Annotated[str | None, Query(max_length=64)]


# --- Payouts ----------------------------------------------------------------------------------------


@router.get("/payouts", responses=problems(NotFoundError))
def payouts(
    viewer: SignedIn,
    request: Request,
    session: InSession,
    paging: Paging,
    partner: Id = None,
    run: Id = None,
    status: PayoutStatus | None = None,
) -> Page[PayoutOut]:
    """Payments, newest first. A partner's member sees its own."""
    payee = scope_of(session, viewer, partner)
    rows = _rows(session, repository.PAYOUT, paging, payee=payee, run=run, payout_status=status)
    return page_of([_payout(row, request.app.state.currency.code) for row in rows], paging)


@router.get("/payout-exclusions", responses=problems(NotFoundError))
def exclusions(
    viewer: SignedIn, session: InSession, paging: Paging, partner: Id = None, run: Id = None, reason: Id = None
) -> Page[ExclusionOut]:
    """Who was left out of runs, and why, newest first. A partner's member sees its own."""
    left_out = scope_of(session, viewer, partner)
    rows = _rows(session, repository.EXCLUSION, paging, left_out=left_out, run=run, reason=reason)
    return page_of([ExclusionOut.model_validate({**row, "available": str(row["available"])}) for row in rows], paging)


# --- Runs -------------------------------------------------------------------------------------------


@router.get("/payout-runs", responses=problems(NotFoundError))
def runs(_: Finance, session: InSession, paging: Paging, status: RunStatus | None = None) -> Page[RunOut]:
    """Runs, newest first."""
    rows = _rows(session, repository.RUN, paging, run_status=status)
    return page_of([RunOut.model_validate(_run_fields(row)) for row in rows], paging)


@router.post("/payout-runs", status_code=201, responses=problems(OtherCurrencyError, PaysOnError, RailError))
def prepare(body: RunIn, viewer: Finance, request: Request, session: InSession) -> RunWithHistory:
    """Prepares a run of everybody who can be paid on a day, and lists everybody who cannot, with the reason."""
    state = request.app.state
    made = service.prepare(
        session,
        Actor.of(viewer),
        body.pays_on,
        body.currency,
        state.currency,
        load_payout_settings(),
        state.reference_key,
        dt.datetime.now(dt.UTC).date(),
        body.rail,
    )
    return _run(session, made.id)


@router.get("/payout-runs/{run_id}", responses=problems(NotFoundError))
def run(run_id: str, _: Finance, session: InSession) -> RunWithHistory:
    """A run, and what became of it."""
    return _run(session, run_id)


@router.post(
    "/payout-runs/{run_id}/approve",
    responses=problems(NotFoundError, SamePersonError, TransitionError, RunEmptyError, ComplianceBlockedError),
)
def approve(run_id: str, viewer: Finance, request: Request, session: InSession) -> RunWithHistory:
    """Approves a run that another member prepared; its amounts are fixed from here on."""
    state = request.app.state
    key = state.reference_key
    service.approve(session, run_id, Actor.of(viewer), key, state.currency, dt.datetime.now(dt.UTC))
    return _run(session, run_id)


@router.post("/payout-runs/{run_id}/reject", responses=problems(NotFoundError, TransitionError))
def reject(run_id: str, body: ReasonIn, viewer: Finance, session: InSession) -> RunWithHistory:
    """Turns a prepared run down; what it would have paid is payable again."""
    service.reject(session, run_id, Actor.of(viewer), body.reason)
    return _run(session, run_id)


@router.post("/payout-runs/{run_id}/cancel", responses=problems(NotFoundError, TransitionError))
def cancel(run_id: str, body: ReasonIn, viewer: Finance, session: InSession) -> RunWithHistory:
    """Calls off a run that is not with the bank yet; what it would have paid is payable again."""
    service.cancel(session, run_id, Actor.of(viewer), body.reason)
    return _run(session, run_id)


@router.post(
    "/payout-runs/{run_id}/file",
    response_class=Response,
    responses={
        **problems(
            NotFoundError, TransitionError, PayerMissingError, RunEmptyError, FileChangedError, RailError, ErasedError
        ),
        200: {"description": "The file", "content": {"application/xml": {}, "text/csv": {}}},
    },
)
def make_file(
    run_id: str,
    viewer: Finance,
    request: Request,
    session: InSession,
    format: Annotated[file_service.Format, Query(description="pain.001 is ISO 20022 pain.001.001.09")] = "pain.001",
) -> Response:
    """Makes the bank file of an approved run, which is sent from here on. Again, it has the same bytes."""
    state = request.app.state
    key = state.reference_key
    file = file_service.make_file(
        session, run_id, format, Actor.of(viewer), load_payout_settings(), key, state.currency
    )
    headers = {"Content-Disposition": f'attachment; filename="{file.name}"', "Fenrun-SHA256": file.sha256}
    return Response(file.content, media_type=file.media_type, headers=headers)


@router.post("/bank-answers/batch", responses=problems(BankAnswerError))
def take_in_answer(
    data: Annotated[bytes, Body(media_type="application/octet-stream")],
    viewer: Finance,
    request: Request,
    session: InSession,
) -> AnswerOut:
    """Takes in the bank's answer: CSV, pain.002, camt.053 or camt.054; all rows or none. The same file again changes
    nothing.
    """
    state = request.app.state
    now = dt.datetime.now(dt.UTC)
    taken = answers_service.take_in(session, data, Actor.of(viewer), state.currency, state.reference_key, now)
    return AnswerOut(
        payouts_paid=taken.paid,
        payouts_failed=taken.failed,
        payouts_bounced=taken.bounced,
        payouts_unchanged=taken.unchanged,
        replayed=taken.replayed,
    )


# --- The token rail ---------------------------------------------------------------------------------


@router.get("/vault", responses=problems(RailError))
def vault(_: SignedIn, request: Request, session: InSession) -> VaultOut:
    """The token rail: what to sign for, and what the vault holds by its own logs."""
    token = service.require_vault(session)
    deployment = request.app.state.deployment
    return VaultOut(
        chain_id=deployment.chain_id,
        vault=deployment.vault,
        token=token.address,
        payer=token.payer,
        scale=str(token.scale),
        units=str(vault_repository.vault_units(session)),
    )


@router.post(
    "/partners/{partner_id}/withdrawals",
    status_code=202,
    responses=problems(NotFoundError, RailError, WithdrawalRefusedError, ChainUnavailableError, RpcError),
)
def withdraw(body: WithdrawalIn, payee: Payee, request: Request, session: InSession) -> PayoutOut:
    """Brings a withdrawal to the vault that the partner's wallet signed. The same one again changes nothing."""
    state = request.app.state
    asked = Withdrawal(payee, body.to, int(body.amount), int(body.nonce), body.deadline)
    with closing(state.new_client()) as client:
        relay = withdrawals_service.Relay(client, state.relay_signer, state.deployment)
        made = withdrawals_service.relay(session, relay, asked, hex_bytes(body.signature), state.currency)
    [row] = repository.page(session, repository.PAYOUT, payout=made.id)
    return _payout(row, state.currency.code)


# --- In common --------------------------------------------------------------------------------------


def _rows(session: Session, query: str, paging: PageQuery, **filters: object) -> list[RowMapping]:
    positions: list[int | None] = []
    for id_ in (paging.starting_after, paging.ending_before):
        position = repository.position_of(session, query, id_) if id_ else None
        if id_ and position is None:
            raise NotFoundError(f"No such id to page from: {id_}")
        positions.append(position)
    return list(repository.page(session, query, positions[0], positions[1], paging.limit + 1, **filters))


def _payout(row: RowMapping, currency: str) -> PayoutOut:
    amounts = {name: str(row[name]) for name in ("gross", "withheld", "net")}
    hash_ = row["transaction_hash"]
    transaction_hash = to_hex(bytes(hash_)) if hash_ is not None else None
    return PayoutOut.model_validate({**row, **amounts, "currency": currency, "transaction_hash": transaction_hash})


def _run_fields(row: RowMapping) -> dict[str, object]:
    return {**row, **{name: str(row[name]) for name in ("gross", "withheld", "net", "minimum")}}


def _run(session: Session, run_id: str) -> RunWithHistory:
    rows = repository.page(session, repository.RUN, run=run_id)
    if not rows:
        raise NotFoundError(f"No payout run {run_id}")
    number = rows[0]["position"]
    file = repository.file_of(session, number)
    return RunWithHistory.model_validate(
        {
            **_run_fields(rows[0]),
            "transitions": [
                TransitionOut.model_validate({"status": t.status, "by": t.by_login, "at": t.at, "reason": t.reason})
                for t in repository.transitions(session, number)
            ],
            "file_format": file.format if file else None,
            "file_sha256": bytes(file.sha256).hex() if file else None,
        }
    )
