"""A passkey: a key pair of which the device keeps the private half, and shows by it and by a look or a PIN who asks.

The person is verified by the device every time, so a passkey is two factors in one: it may also be the only step.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from json import JSONDecodeError, loads
from typing import Any
from uuid import UUID

import webauthn
from sqlalchemy import BigInteger, ForeignKey, LargeBinary, select
from sqlalchemy.orm import Mapped, mapped_column, relationship
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from portal import clock
from portal.models.accounts.account import Account
from portal.models.accounts.challenge import Challenge, Use
from portal.models.accounts.totp import FACTOR_ADDED, ISSUER
from portal.models.actor import Actor
from portal.models.base import Id, Identified, Instant, Model, db
from portal.models.errors import N_, Refused
from portal.models.events import record
from portal.models.fields import SealedGroup, SealedRow, sealed_column
from portal.vault import Subject, SubjectKind

LONGEST_LABEL = 40
MOST = 10
VERIFIED = UserVerificationRequirement.REQUIRED
# What the library raises for an answer that is no answer: its own errors, and those of decoding what was sent.
NONSENSE = (WebAuthnException, ValueError, KeyError, TypeError, AttributeError)


@dataclass(frozen=True, slots=True)
class Site:
    """Who asks: ``host`` without port and the whole ``origin``, both from the installation's public address."""

    host: str
    origin: str


class Passkey(SealedRow, Identified, Model):
    """One device's key. Its label is the person's own words, sealed under their key."""

    __tablename__ = "passkey"

    account_id: Mapped[UUID] = mapped_column(Id, ForeignKey("account.id"), index=True)
    credential_id: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    public_key: Mapped[bytes] = mapped_column(LargeBinary)
    sign_count: Mapped[int] = mapped_column(BigInteger, default=0)
    since: Mapped[datetime] = mapped_column(Instant)
    used_at: Mapped[datetime | None] = mapped_column(Instant)
    label_sealed: Mapped[bytes | None] = sealed_column()

    account: Mapped[Account] = relationship(Account, lazy="joined")
    label_group = SealedGroup("passkey.label", "label_sealed", ("label",))
    label = label_group.field("label")

    @classmethod
    def of(cls, account_id: UUID) -> Sequence[Passkey]:
        """Those of an account, oldest first."""
        return db.session.scalars(select(cls).where(cls.account_id == account_id).order_by(cls.id)).all()

    @classmethod
    def ask_to_add(cls, account: Account, site: Site) -> str:
        """What the browser needs to make one, as JSON; a device that has one already is not asked for another."""
        return webauthn.options_to_json(
            webauthn.generate_registration_options(
                rp_id=site.host,
                rp_name=ISSUER,
                user_id=account.id.bytes,
                user_name=(account.person.phone or "")[-4:],
                challenge=Challenge.make(Use.ADD, account.id),
                authenticator_selection=AuthenticatorSelectionCriteria(
                    resident_key=ResidentKeyRequirement.REQUIRED, user_verification=VERIFIED
                ),
                exclude_credentials=_known(account.id),
            )
        )

    @classmethod
    def add(cls, account: Account, answer: str, label: str, site: Site, by: Actor) -> Passkey:
        """Keep the key a browser has made. Raises Refused for an answer that is not to our question, or over ten."""
        held = cls.of(account.id)
        if len(held) >= MOST:
            raise Refused(N_("最多 10 个通行密钥，请先移除一个"), "label")
        if len(label.strip()) > LONGEST_LABEL:
            raise Refused(N_("名称最多 40 个字"), "label")
        sent, challenge = _read(answer)
        if challenge is None or not Challenge.take(challenge, Use.ADD, account.id):
            raise Refused(N_("这次没有完成，请再试一次"), "label")
        try:
            made = webauthn.verify_registration_response(
                credential=sent,
                expected_challenge=challenge,
                expected_rp_id=site.host,
                expected_origin=site.origin,
                require_user_verification=True,
            )
        except NONSENSE:
            raise Refused(N_("这次没有完成，请再试一次"), "label") from None
        key = cls(account=account, credential_id=made.credential_id, public_key=made.credential_public_key)
        key.sign_count, key.since = made.sign_count, clock.now()
        key.sealed_subject = Subject(SubjectKind.PERSON, account.person_id)
        key.label = label.strip() or None
        db.session.add(key)
        record(by, FACTOR_ADDED, account.person, factor="passkey")
        return key

    @classmethod
    def ask(cls, account: Account | None, site: Site) -> str:
        """What the browser needs to show one, as JSON: of an account, or of whoever holds one (None)."""
        asked = webauthn.generate_authentication_options(
            rp_id=site.host,
            challenge=Challenge.make(Use.SHOW, account.id if account else None),
            allow_credentials=_known(account.id) if account else None,
            user_verification=VERIFIED,
        )
        return webauthn.options_to_json(asked)

    @classmethod
    def shown(cls, answer: str, account: Account | None, site: Site) -> Account | None:
        """The open account whose passkey answered our question; None for every other answer. The caller commits.

        A counter that does not go forward says that the key was copied: it is refused.
        """
        sent, challenge = _read(answer)
        if challenge is None or not Challenge.take(challenge, Use.SHOW, account.id if account else None):
            return None
        asked = select(cls).where(cls.credential_id == _raw(sent.get("rawId"))).with_for_update(of=cls)
        key = db.session.scalar(asked)
        if key is None or key.account.disabled_at is not None or (account is not None and key.account is not account):
            return None
        try:
            seen = webauthn.verify_authentication_response(
                credential=sent,
                expected_challenge=challenge,
                expected_rp_id=site.host,
                expected_origin=site.origin,
                credential_public_key=key.public_key,
                credential_current_sign_count=key.sign_count,
                require_user_verification=True,
            )
        except NONSENSE:
            return None
        key.sign_count, key.used_at = seen.new_sign_count, clock.now()
        return key.account


def _known(account_id: UUID) -> list[PublicKeyCredentialDescriptor]:
    return [PublicKeyCredentialDescriptor(id=key.credential_id) for key in Passkey.of(account_id)]


def _read(answer: str) -> tuple[dict[str, Any], bytes | None]:
    """The answer, and the challenge it says it is to; None for nonsense."""
    try:
        sent = loads(answer)
        said = loads(_raw(sent["response"]["clientDataJSON"]))
        return sent, _raw(said["challenge"])
    except (*NONSENSE, JSONDecodeError, RecursionError):
        return {}, None


def _raw(text: Any) -> bytes:
    return webauthn.base64url_to_bytes(text) if isinstance(text, str) else b""
