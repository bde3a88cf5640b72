"""The rooms behind ``run.py``: set-up, the demo, the test run. Standard library only."""
