"""安居 Anju: an after-sales portal for the owners of new homes."""

from __future__ import annotations

from flask import Flask
from flask_migrate import Migrate

from portal import config, extensions, owner, staff
from portal.backends.bus_valkey import bus_for
from portal.backends.checkpoints import places_for
from portal.backends.counters import counters_for
from portal.backends.mail import mailer_for
from portal.backends.storage import storage_for
from portal.backends.texts import texts_for
from portal.models.accounts.privacy_notice import PrivacyNotices
from portal.vault import KeyRing, KeyStoreError
from portal.web import assets, errors, filters, guard, headers, i18n, kept, notice_owed, proofs, requests, signing_in


def create_app(settings: config.Settings | None = None, ring: KeyRing | None = None) -> Flask:
    """The application of an installation; ``ring`` is handed in by the command that has just made its keys.

    Without arguments it is the command line's: an installation without usable keys then has the commands that make
    them and no others. With settings it raises KeyStoreError with one line instead.
    """
    from portal import cli

    if settings is not None:
        return _made(settings, ring or KeyRing.open(settings))
    try:
        settings = config.load()
        return _made(settings, ring or KeyRing.open(settings))
    except config.SettingsError as error:
        raise SystemExit(f"Error: {error}") from None
    except KeyStoreError as error:
        return cli.without_keys(Flask("portal", static_folder=None), str(error))


def _made(settings: config.Settings, ring: KeyRing) -> Flask:
    from portal import cli

    app = Flask("portal", instance_path=str(settings.instance), static_folder=None)
    app.extensions["portal.settings"] = settings
    app.extensions["portal.keyring"] = ring
    app.extensions["portal.storage"] = storage_for(settings.storage_url)
    app.extensions["portal.mailer"] = mailer_for(settings)
    app.extensions["portal.texts"] = texts_for(settings, app.extensions["portal.mailer"])
    app.extensions["portal.checkpoints"] = places_for(settings, app.extensions["portal.mailer"])
    app.extensions["portal.counters"] = counters_for(settings.limits_url)
    app.extensions["portal.bus"] = bus_for(settings.bus_url)
    app.extensions["portal.privacy_notices"] = PrivacyNotices()
    app.config.update(config.for_flask(settings, secret=ring.secret("session")))
    extensions.db.init_app(app)
    with app.app_context():
        extensions.prepare_engine(extensions.db.engine)
    Migrate(app, extensions.db, directory=f"{app.root_path}/migrations", render_as_batch=True)
    requests.install(app)
    guard.install(app)
    extensions.csrf.init_app(app)
    extensions.limit(app)
    for part in (i18n, signing_in, notice_owed, proofs, headers, errors, filters, assets, kept, cli):
        part.install(app)
    app.register_blueprint(owner.blueprint)
    app.register_blueprint(staff.blueprint)
    return app
