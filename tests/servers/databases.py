"""Fresh databases of a running PostgreSQL."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count

import sqlalchemy as sa


@dataclass
class Databases:
    """The databases of one server; `url` is that of one that is there already."""

    url: str
    _numbers: Iterator[int] = field(default_factory=lambda: count(1))

    def new(self) -> str:
        """URL of a new, empty database."""
        name = f"test_{next(self._numbers)}"
        self._run(f"CREATE DATABASE {name}")
        return sa.make_url(self.url).set(database=name).render_as_string(hide_password=False)

    def copy(self, url: str) -> str:
        """URL of a new database with everything that is in that one; nobody may be connected."""
        name = f"test_{next(self._numbers)}"
        self._run(f"CREATE DATABASE {name} TEMPLATE {sa.make_url(url).database}")
        return sa.make_url(self.url).set(database=name).render_as_string(hide_password=False)

    def overwrite(self, url: str, source: str) -> None:
        """Let a database hold what another one holds, as a restored backup does."""
        self.drop(url)
        names = sa.make_url(url).database, sa.make_url(source).database
        self._run(f"CREATE DATABASE {names[0]} TEMPLATE {names[1]}")

    def drop(self, url: str) -> None:
        """Throw a database away, whoever is still connected."""
        self._run(f"DROP DATABASE {sa.make_url(url).database} WITH (FORCE)")

    def _run(self, statement: str) -> None:
        engine = sa.create_engine(self.url, isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            connection.exec_driver_sql(statement)
        engine.dispose()
