"""安居 Anju: an after-sales portal for the owners of new homes."""

from __future__ import annotations

from flask import Flask
from flask_migrate import Migrate

from portal import config, extensions, owner, staff
from portal.backends.bus import LocalBus
from portal.backends.mail import mailer_for
from portal.backends.storage import storage_for
from portal.vault import KeyRing
from portal.web import assets, errors, filters, guard, headers, i18n, requests, signing_in


def create_app(settings: config.Settings | None = None, ring: KeyRing | None = None) -> Flask:
    """The application of an installation; ``ring`` is handed in by the command that has just made its keys.

    Raises SettingsError or KeyStoreError with one line when the installation cannot be served as it is.
    """
    chosen = settings or config.load()
    app = Flask("portal", instance_path=str(chosen.instance))
    app.extensions["portal.settings"] = chosen
    app.extensions["portal.keyring"] = keyring = ring or KeyRing.open(chosen)
    app.extensions["portal.storage"] = storage_for(chosen.storage_url)
    app.extensions["portal.mailer"] = mailer_for(chosen)
    app.extensions["portal.bus"] = LocalBus()
    app.config.update(config.for_flask(chosen, secret=keyring.secret("session")))
    extensions.db.init_app(app)
    with app.app_context():
        extensions.prepare_engine(extensions.db.engine)
    Migrate(app, extensions.db, directory=f"{app.root_path}/migrations", render_as_batch=True)
    requests.install(app)
    guard.install(app)
    for extension in (extensions.csrf, extensions.limiter):
        extension.init_app(app)
    for part in (i18n, signing_in, headers, errors, filters, assets):
        part.install(app)
    app.register_blueprint(owner.blueprint)
    app.register_blueprint(staff.blueprint)
    return app
