"""``python -m kb``: the command line."""

from kb.cli.main import run

if __name__ == "__main__":
    run()
