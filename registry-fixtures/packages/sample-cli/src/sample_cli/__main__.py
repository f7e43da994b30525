from sample_cli import tides

tides()
