"""Who gets what at every endpoint: decided by hand, one cell at a time.

``+`` answered · ``-`` 403, the right is missing · ``0`` 404, the row is out of reach · ``s`` asked to sign in.
Everybody asks for the same things: the home 1-1-0101 of owner and co_owner, and their ticket, which the technician is
working on. So the neighbour, the other technician and the manager of another development are the foreign ones.
"""

PEOPLE = (
    *("nobody", "owner", "co_owner", "neighbour", "tenant", "proxy", "prospect"),
    *("sales_adviser", "service_agent", "dispatcher", "technician", "other_technician", "contractor", "crew"),
    *("inspector", "complaint_officer", "return_visitor", "care", "editor"),
    *("manager", "head_office", "auditor", "admin", "stranger"),
)

#                                           n o c n t p p  s c d t o c c  i c r m k  p h d a s
#                                             w o b n x r  a s i e t t w  n p v k e  m q p d t
CELLS = """
assets                                      + + + + + + +  + + + + + + +  + + + + +  + + + + +
owner.accounts.sign_in                      + + + + + + +  + + + + + + +  + + + + +  + + + + +
owner.accounts.create_session               + + + + + + +  + + + + + + +  + + + + +  + + + + +
owner.accounts.create_code                  + + + + + + +  + + + + + + +  + + + + +  + + + + +
owner.accounts.create_session_by_code       + + + + + + +  + + + + + + +  + + + + +  + + + + +
owner.accounts.outbox                       + + + + + + +  + + + + + + +  + + + + +  + + + + +
owner.accounts.ask_join                     + + + + + + +  + + + + + + +  + + + + +  + + + + +
owner.accounts.join                         + + + + + + +  + + + + + + +  + + + + +  + + + + +
owner.accounts.show_link                    0 0 0 0 0 0 0  0 0 0 0 0 0 0  0 0 0 0 0  0 0 0 0 0
owner.accounts.use_link                     0 0 0 0 0 0 0  0 0 0 0 0 0 0  0 0 0 0 0  0 0 0 0 0
owner.accounts.language                     + + + + + + +  + + + + + + +  + + + + +  + + + + +
owner.accounts.show                         s + + + + + +  + + + + + + +  + + + + +  + + + + +
owner.accounts.end_session                  s + + + + + +  + + + + + + +  + + + + +  + + + + +
owner.accounts.devices                      s + + + + + +  + + + + + + +  + + + + +  + + + + +
owner.accounts.end_device                   s 0 0 0 0 0 0  0 0 0 0 0 0 0  0 0 0 0 0  0 0 0 0 0
owner.accounts.end_other_devices            s + + + + + +  + + + + + + +  + + + + +  + + + + +
owner.accounts.end_all_devices              s + + + + + +  + + + + + + +  + + + + +  + + + + +
owner.accounts.ask_proof                    s + + + + + +  + + + + + + +  + + + + +  + + + + +
owner.accounts.create_proof                 s + + + + + +  + + + + + + +  + + + + +  + + + + +
owner.accounts.create_passkey_session       s s s s s s s  s s s s s s s  s s s s s  s s s s s
owner.accounts.create_challenge             + + + + + + +  + + + + + + +  + + + + +  + + + + +
owner.accounts.second_step                  s s s s s s s  s s s s s s s  s s s s s  s s s s s
owner.accounts.take_second_step             s s s s s s s  s s s s s s s  s s s s s  s s s s s
owner.accounts.take_passkey                 s s s s s s s  s s s s s s s  s s s s s  s s s s s
owner.accounts.set_up                       s s s s s s s  s s s s s s s  s s s s s  s s s s s
owner.accounts.set_up_drawing               s s s s s s s  s s s s s s s  s s s s s  s s s s s
owner.accounts.confirm_set_up               s s s s s s s  s s s s s s s  s s s s s  s s s s s
owner.accounts.set_up_passkey               s s s s s s s  s s s s s s s  s s s s s  s s s s s
owner.accounts.create_passkey_proof         s + + + + + +  + + + + + + +  + + + + +  + + + + +
owner.accounts.security                     s + + + + + +  + + + + + + +  + + + + +  + + + + +
owner.accounts.create_secret                s + + + + + +  + + + + + + +  + + + + +  + + + + +
owner.accounts.create_passkey               s + + + + + +  + + + + + + +  + + + + +  + + + + +
owner.accounts.recovery_codes               s + + + + + +  + + + + + + +  + + + + +  + + + + +
owner.accounts.create_recovery_codes        s + + + + + +  + + + + + + +  + + + + +  + + + + +
owner.accounts.new_app                      s + + + + + +  + + + + + + +  + + + + +  + + + + +
owner.accounts.app_drawing                  s 0 0 0 0 0 0  0 0 0 0 0 0 0  0 0 0 0 0  0 0 0 0 0
owner.accounts.remove_factor                s 0 0 0 0 0 0  0 0 0 0 0 0 0  0 0 0 0 0  0 0 0 0 0
owner.accounts.create_app                   s 0 0 0 0 0 0  0 0 0 0 0 0 0  0 0 0 0 0  0 0 0 0 0
owner.accounts.create_proof_code            s + + + + + +  + + + + + + +  + + + + +  + + + + +
owner.homes.show                            s + + 0 0 - -  - - - - - - -  - - - - -  - - - - -
owner.homes.open_tickets                    s + + 0 0 - -  - - - - - - -  - - - - -  - - - - -
owner.homes.use                             s + + 0 0 - -  - - - - - - -  - - - - -  - - - - -
owner.households.show                       s + - 0 - - -  - - - - - - -  - - - - -  - - - - -
owner.households.invite                     s + - 0 - - -  - - - - - - -  - - - - -  - - - - -
owner.households.revoke                     s 0 - 0 - - -  - - - - - - -  - - - - -  - - - - -
owner.households.set_rights                 s 0 - 0 - - -  - - - - - - -  - - - - -  - - - - -
owner.households.remove                     s 0 - 0 - - -  - - - - - - -  - - - - -  - - - - -
owner.notices.index                         s + + + + - -  - - - - - - -  - - - - -  - - - - -
owner.notices.bell                          s + + + + - -  - - - - - - -  - - - - -  - - - - -
owner.notices.read                          s + + + + - -  - - - - - - -  - - - - -  - - - - -
owner.privacy.notice.show                   + + + + + + +  + + + + + + +  + + + + +  + + + + +
owner.privacy.notice.acknowledge            s + + + + + +  + + + + + + +  + + + + +  + + + + +
owner.privacy.erasures.show                 s + + + + + +  + + + + + + +  + + + + +  + + + + +
owner.privacy.erasures.create               s + + + + + +  + + + + + + +  + + + + +  + + + + +
owner.privacy.erasures.withdraw             s 0 0 + 0 0 0  0 0 0 0 0 0 0  0 0 0 0 0  0 0 0 0 0
owner.privacy.receipts.show                 0 0 0 0 0 0 0  0 0 0 0 0 0 0  0 0 0 0 0  0 0 0 0 0
owner.privacy.receipts.take                 0 0 0 0 0 0 0  0 0 0 0 0 0 0  0 0 0 0 0  0 0 0 0 0
owner.privacy.looks.index                   s + + + + + +  + + + + + + +  + + + + +  + + + + +
owner.privacy.looks.show                    s + 0 0 0 0 0  0 0 0 0 0 0 0  0 0 0 0 0  0 0 0 0 0
owner.privacy.looks.statement               s + 0 0 0 0 0  0 0 0 0 0 0 0  0 0 0 0 0  0 0 0 0 0
owner.privacy.looks.content                 s + 0 0 0 0 0  0 0 0 0 0 0 0  0 0 0 0 0  0 0 0 0 0
owner.repairs.tickets.index                 s + + + + - -  - - - - - - -  - - - - -  - - - - -
owner.repairs.tickets.show                  s + + 0 0 - -  - - - - - - -  - - - - -  - - - - -
owner.repairs.tickets.pieces                s + + 0 0 - -  - - - - - - -  - - - - -  - - - - -
owner.repairs.reports.new                   s + + + + - -  - - - - - - -  - - - - -  - - - - -
owner.repairs.reports.choice                s + + + + - -  - - - - - - -  - - - - -  - - - - -
owner.repairs.reports.create                s + + + + - -  - - - - - - -  - - - - -  - - - - -
owner.repairs.confirmations.new             s + + 0 0 - -  - - - - - - -  - - - - -  - - - - -
owner.repairs.confirmations.create          s + + 0 0 - -  - - - - - - -  - - - - -  - - - - -
owner.repairs.confirmations.create_rework   s + + 0 0 - -  - - - - - - -  - - - - -  - - - - -
owner.repairs.messages.create               s + + 0 0 - -  - - - - - - -  - - - - -  - - - - -
owner.repairs.withdrawals.create            s + + 0 0 - -  - - - - - - -  - - - - -  - - - - -
owner.repairs.photos.create                 s + + 0 0 - -  - - - - - - -  - - - - -  - - - - -
owner.repairs.photos.create_for_ticket      s + + 0 0 - -  - - - - - - -  - - - - -  - - - - -
owner.repairs.photos.delete                 s 0 0 0 0 - -  - - - - - - -  - - - - -  - - - - -
owner.repairs.photos.delete_for_ticket      s 0 0 0 0 - -  - - - - - - -  - - - - -  - - - - -
owner.repairs.photos.drafted                s 0 0 0 0 - -  - - - - - - -  - - - - -  - - - - -
owner.repairs.photos.show                   s + + 0 0 - -  - - - - - - -  - - - - -  - - - - -
owner.repairs.photos.thumbnail              s + + 0 0 - -  - - - - - - -  - - - - -  - - - - -
staff.index                                 s - - - - - -  + + + + + + +  + + + + +  + + + + +
staff.notices.index                         s - - - - - -  + + + + + + +  + + + + +  + + + + +
staff.notices.bell                          s - - - - - -  + + + + + + +  + + + + +  + + + + +
staff.notices.read                          s - - - - - -  + + + + + + +  + + + + +  + + + + +
staff.customers.index                       s - - - - - -  - + + - - - -  - + - - -  + - + - +
staff.customers.search                      s - - - - - -  - + + - - - -  - + - - -  + - + - +
staff.households.new                        s - - - - - -  - + - - - - -  - - - - -  + - - - +
staff.households.create                     s - - - - - -  - + - - - - -  - - - - -  + - - - +
staff.privacy.keys.show                     s - - - - - -  - - - - - - -  - - - - -  - - + + -
staff.privacy.keys.work                     s - - - - - -  - - - - - - -  - - - - -  - - + + -
staff.privacy.retention.index               s - - - - - -  - - - - - - -  - - - - -  - - + + -
staff.privacy.erasures.index                s - - - - - -  - + - - - - -  - - - - -  + - + - +
staff.privacy.filings.new                   s - - - - - -  - + - - - - -  - - - - -  + - - - +
staff.privacy.filings.create                s - - - - - -  - + - - - - -  - - - - -  + - - - +
staff.privacy.erasures.show                 s - - - - - -  - + - - - - -  - - - - -  + - + - 0
staff.privacy.erasures.confirm_identity     s - - - - - -  - + - - - - -  - - - - -  + - - - 0
staff.privacy.erasures.clear                s - - - - - -  - + - - - - -  - - - - -  + - - - 0
staff.privacy.erasures.refuse               s - - - - - -  - + - - - - -  - - - - -  + - - - 0
staff.privacy.erasures.approve              s - - - - - -  - - - - - - -  - - - - -  - - + - -
staff.privacy.erasures.decline              s - - - - - -  - - - - - - -  - - - - -  - - + - -
staff.privacy.erasures.hold                 s - - - - - -  - + - - - - -  - - - - -  + - + - 0
staff.privacy.erasures.release              s - - - - - -  - 0 - - - - -  - - - - -  0 - 0 - 0
staff.privacy.erasures.receipt              s - - - - - -  - 0 - - - - -  - - - - -  0 - 0 - 0
staff.privacy.chain.show                    s - - - - - -  - - - - - - -  - - - - -  - - + + -
staff.privacy.chain.verdict                 s - - - - - -  - - - - - - -  - - - - -  - - + + -
staff.privacy.chain.create                  s - - - - - -  - - - - - - -  - - - - -  - - + + -
staff.privacy.chain.note                    s - - - - - -  - - - - - - -  - - - - -  - - + + -
staff.privacy.chain.key                     s - - - - - -  - - - - - - -  - - - - -  - - + + -
staff.accounts.index                        s - - - - - -  - - - - - - -  - - - - -  + - - + +
staff.accounts.new                          s - - - - - -  - - - - - - -  - - - - -  + - - + +
staff.accounts.create                       s - - - - - -  - - - - - - -  - - - - -  + - - + +
staff.accounts.show                         s - - - - - -  - - - - - - -  - - - - -  + - - + 0
staff.accounts.create_role                  s - - - - - -  - - - - - - -  - - - - -  + - - + 0
staff.accounts.remove_role                  s - - - - - -  - - - - - - -  - - - - -  0 - - 0 0
staff.accounts.remove_sessions              s - - - - - -  - - - - - - -  - - - - -  + - - + 0
staff.accounts.remove_factors               s - - - - - -  - - - - - - -  - - - - -  + - - + 0
staff.accounts.end                          s - - - - - -  - - - - - - -  - - - - -  + - - + 0
staff.roles.rights.index                    s - - - - - -  - - - - - - -  - - - - -  - - + + -
staff.roles.uses.create                     s - - - - - -  0 0 0 0 0 0 0  0 0 0 0 0  0 0 0 0 0
staff.repairs.queue.index                   s - - - - - -  + + + + + + +  + + + - -  + + + + +
staff.repairs.queue.rows                    s - - - - - -  + + + + + + +  + + + - -  + + + + +
staff.repairs.queue.rail                    s - - - - - -  + + + + + + +  + + + - -  + + + + +
staff.repairs.reports.new                   s - - - - - -  - + - - - - -  - - - - -  + - - - +
staff.repairs.reports.choice                s - - - - - -  - + - - - - -  - - - - -  + - - - +
staff.repairs.reports.create                s - - - - - -  - + - - - - -  - - - - -  + - - - +
staff.repairs.tickets.show                  s - - - - - -  0 + + + 0 0 0  + + + - -  + + + + 0
staff.repairs.tickets.pieces                s - - - - - -  0 + + + 0 0 0  + + + - -  + + + + 0
staff.repairs.acknowledgements.create       s - - - - - -  - + + - - - -  - - - - -  + - - - 0
staff.repairs.assignments.create            s - - - - - -  - - + - - - -  - - - - -  + - - - 0
staff.repairs.works.create                  s - - - - - -  - - - + 0 0 0  - - - - -  - - - - -
staff.repairs.works.create_progress         s - - - - - -  - - - + 0 0 0  - - - - -  - - - - -
staff.repairs.works.create_completion       s - - - - - -  - - - + 0 0 0  - - - - -  - - - - -
staff.repairs.checks.create                 s - - - - - -  - - + - - - -  - - - - -  + - - - 0
staff.repairs.checks.create_failure         s - - - - - -  - - + - - - -  - - - - -  + - - - 0
staff.repairs.messages.create               s - - - - - -  0 + + + 0 - -  + + + - -  + - - - 0
staff.repairs.photos.create                 s - - - - - -  - - - + 0 0 0  - - - - -  - - - - -
staff.repairs.photos.delete                 s - - - - - -  - - - 0 0 0 0  - - - - -  - - - - -
staff.repairs.photos.drafted                s - - - - - -  - - - 0 0 0 0  - - - - -  - - - - -
staff.repairs.photos.show                   s - - - - - -  0 + + + 0 0 0  + + + - -  + + + - 0
staff.repairs.photos.thumbnail              s - - - - - -  0 + + + 0 0 0  + + + - -  + + + - 0
staff.repairs.reveals.create                s - - - - - -  0 + + + 0 0 0  + + + - -  + - - - 0
"""

# The stranger is the manager where the foreign ticket lies, and may do there what managers may; it has no photo.
NO_PHOTO = ("delete", "drafted", "show", "thumbnail")


def foreign(endpoint: str, person: str) -> str:
    """The cell for a row that is nobody's here: of another development, which only the stranger reaches."""
    row = matrix()[endpoint]
    theirs = endpoint.startswith("staff.repairs.") and not endpoint.endswith(tuple(f"photos.{one}" for one in NO_PHOTO))
    if person == "stranger" and theirs:
        return row["manager"]
    return "0" if row[person] == "+" else row[person]


def matrix() -> dict[str, dict[str, str]]:
    """Endpoint → person → cell."""
    rows = [line.split() for line in CELLS.strip().splitlines()]
    return {row[0]: dict(zip(PEOPLE, row[1:], strict=True)) for row in rows}
