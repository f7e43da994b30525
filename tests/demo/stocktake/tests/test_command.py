import http.server
import io
import json
import threading
import unittest

from click.testing import CliRunner
from rich.console import Console
from stocktake.catalogue import project_of
from stocktake.command import main
from stocktake.views import report_of, table_of

PAGES = {
    "/simple/alpha/": {"name": "alpha", "files": [{"filename": "alpha-1.0.tar.gz", "size": 1500}]},
    "/simple/beta/": {"name": "beta", "files": [{"filename": "beta-2.tar.gz", "size": 10, "yanked": True}]},
}


class Index(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        page = PAGES.get(self.path)
        body = json.dumps(page).encode()
        self.send_response(200 if page else 404)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *arguments):
        pass


class ViewTest(unittest.TestCase):
    def test_table(self):
        console = Console(file=io.StringIO(), width=70)
        console.print(table_of("Stock", [project_of(page) for page in PAGES.values()]))
        self.assertEqual(
            [line.rstrip() for line in console.file.getvalue().splitlines()],
            [
                "                     Stock",
                "┏━━━━━━━━━┳━━━━━━━━┳━━━━━━━┳━━━━━━━━━━┳━━━━━━━━┓",
                "┃ project ┃ newest ┃ files ┃     size ┃ yanked ┃",
                "┡━━━━━━━━━╇━━━━━━━━╇━━━━━━━╇━━━━━━━━━━╇━━━━━━━━┩",
                "│ alpha   │ 1.0    │     1 │   1.5 kB │        │",
                "│ beta    │ none   │     1 │ 10 bytes │ 2      │",
                "├─────────┼────────┼───────┼──────────┼────────┤",
                "│ all     │        │     2 │   1.5 kB │        │",
                "└─────────┴────────┴───────┴──────────┴────────┘",
            ],
        )

    def test_report(self):
        text = report_of("Stock", [project_of(page) for page in PAGES.values()])
        self.assertEqual(
            text.splitlines(),
            ["Stock", "=====", "", "1. alpha 1.0", "   - alpha-1.0.tar.gz, 1.5 kB", "", "2. beta (nothing)"]
            + ["   - yanked: beta-2.tar.gz, 10 Bytes", "", "1.5 kB in 2 files"],
        )


class CommandTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Index)
        threading.Thread(target=cls.server.serve_forever, daemon=True).start()
        cls.index = f"http://127.0.0.1:{cls.server.server_port}/simple/"

    @classmethod
    def tearDownClass(cls):
        cls.server.shutdown()
        cls.server.server_close()

    def run_command(self, *arguments):
        return CliRunner().invoke(main, arguments)

    def test_report_of_named_projects(self):
        result = self.run_command(self.index, "Alpha", "--format", "report")
        self.assertEqual(result.exit_code, 0, result.output)
        self.assertIn("1. alpha 1.0", result.output)

    def test_missing_project_is_an_error(self):
        result = self.run_command(self.index, "gamma")
        self.assertEqual(result.exit_code, 1)
        self.assertIn("Error: 404 Client Error: Not Found for url: " + self.index + "gamma/", result.output)

    def test_usage(self):
        self.assertEqual(self.run_command().exit_code, 2)
        self.assertIn("'xml' is not one of 'table', 'report'", self.run_command(self.index, "--format", "xml").output)
        self.assertIn("--format [table|report]", self.run_command("--help").output)


if __name__ == "__main__":
    unittest.main()
