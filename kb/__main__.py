"""``python -m kb`` runs the command line, as the program ``kb`` does."""

from kb.cli.main import run

if __name__ == "__main__":
    run()
