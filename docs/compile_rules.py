"""Write what the rule files say as JSON beside them, which a process reads in no time.

python docs/compile_rules.py
"""

from sequencer.files.language_rules import MADE, rule_files, rules_as_json


def main() -> None:
    """Write the file."""
    MADE.write_text(rules_as_json(rule_files()), "utf-8")
    print(f"wrote {MADE.name}")


if __name__ == "__main__":
    main()
