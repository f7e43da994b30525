"""Requirements files and locks that are URLs, and hashes against an index that tells none."""
import hashlib
import os

from case import NetworkTest
from server import Index


def text(body, status=200):
    return status, {"Content-Type": "text/plain"}, body.encode()


class RequirementFiles(NetworkTest):
    def setUp(self):
        super().setUp()
        self.index = Index(self.wheels)
        self.addCleanup(self.index.__exit__)
        self.here = self.index.origin + "/lists/"

    def test_included_files_are_beside_it(self):
        self.index.extra["/lists/all.txt"] = text("-r sub/more.txt\n-c bounds.txt\n")
        self.index.extra["/lists/sub/more.txt"] = text(f"--index-url {self.index.url}\nalpha\n")
        self.index.extra["/lists/bounds.txt"] = text("beta<2\n")
        self.adder("pip", "install", "--target", "out", "-r", self.here + "all.txt")
        self.assertInstalled("alpha", "beta")
        compiled = self.adder("pip", "compile", self.here + "all.txt", "--no-header").stdout
        self.assertIn(f"-c {self.here}bounds.txt", compiled)

    def test_missing(self):
        result = self.adder("pip", "install", "--target", "out", "-r", self.here + "none.txt", status=4)
        self.assertIn("404", result.stderr)

    def test_offline(self):
        self.index.extra["/lists/all.txt"] = text("alpha\n")
        result = self.adder("pip", "install", "--target", "out", "--offline", "-r", self.here + "all.txt", status=4)
        self.assertIn("--offline", result.stderr)
        self.assertEqual(self.index.seen, [])

    def test_password_stays_secret(self):
        self.index.extra["/lists/all.txt"] = text("alpha\n", 403)
        url = self.here.replace("://", "://joe:sekret@") + "all.txt"
        result = self.adder("pip", "install", "--target", "out", "-r", url, status=4)
        self.assertNotIn("sekret", result.stdout + result.stderr)
        self.assertIn("Authorization", self.index.seen[0][2])

    def test_lock(self):
        self.write("r.in", "alpha\n")
        self.adder("pip", "compile", "r.in", "-i", self.index.url, "-o", "pylock.toml", "-q")
        self.index.extra["/lists/pylock.toml"] = text(self.read("pylock.toml"))
        self.adder("pip", "install", "--target", "out", "-r", self.here + "pylock.toml")
        self.assertInstalled("alpha", "beta")
        self.adder("pip", "sync", "--target", "again", self.here + "pylock.toml")
        self.assertInstalled("alpha", "beta", target="again")

    def test_lock_with_paths(self):
        self.write("r.in", "alpha\n")
        self.adder("pip", "compile", "r.in", "--no-index", "-f", "wheels", "-o", "pylock.toml", "-q")
        self.index.extra["/lists/pylock.toml"] = text(self.read("pylock.toml"))
        result = self.adder("pip", "install", "--target", "out", "-r", self.here + "pylock.toml", status=2)
        self.assertIn("by a path", result.stderr)


class Hashes(NetworkTest):
    """The index names no hashes: the files decide."""

    def setUp(self):
        super().setUp()
        self.index = Index(self.wheels)
        self.addCleanup(self.index.__exit__)
        self.index.metadata_files = False
        page = self.index.project_page
        self.index.project_page = lambda project: self.without_hashes(page(project))

    @staticmethod
    def without_hashes(page):
        for row in page["files"]:
            row["hashes"] = {}
        return page

    def digest(self, name, algorithm="sha256"):
        path = next(path for path in self.wheels if os.path.basename(path).startswith(name))
        with open(path, "rb") as file:
            return algorithm + ":" + hashlib.new(algorithm, file.read()).hexdigest()

    def requirements(self, *beta):
        hashes = " ".join("--hash=" + one for one in beta)
        self.write("r.txt", f"alpha==1.0 --hash={self.digest('alpha')}\nbeta==1.0 {hashes}\n")
        return "--require-hashes", "-r", "r.txt"

    def install_hashed(self, *beta, status=0):
        return self.adder("pip", "install", "--target", "out", "--reinstall", "-i", self.index.url, *self.requirements(*beta), status=status)

    def test_one_of_several(self):
        self.install_hashed("sha256:" + "0" * 64, self.digest("beta"))
        self.assertInstalled("alpha", "beta")

    def test_none_of_several(self):
        wrong = "sha256:" + "0" * 64, "sha256:" + "1" * 64
        result = self.install_hashed(*wrong, status=5)
        self.assertIn("the hash of `beta-1.0-py3-none-any.whl` is not one that the requirements name", result.stderr)
        self.assertFalse(os.path.exists(self.path("out", "beta")))

    def test_other_algorithm_of_a_cached_wheel(self):
        self.install_hashed(self.digest("beta", "sha512"))
        result = self.install_hashed("sha512:" + "0" * 128, status=5)
        self.assertIn("is not one that the requirements name", result.stderr)

    def test_trees_have_no_hash(self):
        self.write_project("gamma")
        self.write("r.txt", f"./gamma --hash={self.digest('beta')}\n")
        result = self.adder("pip", "install", "--target", "out", "--no-index", "-r", "r.txt", status=5)
        self.assertIn("gamma` is no archive", result.stderr)
