import unittest

from packaging.version import Version
from stocktake.catalogue import File, Project, project_of, version_of

PAGE = {
    "name": "Some.Thing",
    "files": [
        {"filename": "some_thing-2.0rc1-py3-none-any.whl", "size": 30},
        {"filename": "some_thing-1.10.tar.gz", "size": 20},
        {"filename": "some_thing-1.9.tar.gz", "size": 10},
        {"filename": "some_thing-1.11.tar.gz", "size": 5, "yanked": "broken"},
    ],
}


class CatalogueTest(unittest.TestCase):
    def test_versions_are_ordered_as_versions(self):
        names = [file.name for file in project_of(PAGE).files]
        self.assertEqual(names[:2], ["some_thing-1.9.tar.gz", "some_thing-1.10.tar.gz"])

    def test_newest_is_final_and_not_yanked(self):
        self.assertEqual(project_of(PAGE).newest, Version("1.10"))
        self.assertIsNone(Project("empty").newest)

    def test_name_and_sums(self):
        project = project_of(PAGE)
        self.assertEqual((project.name, project.size, project.count), ("some-thing", 65, 4))

    def test_files_are_checked_values(self):
        with self.assertRaises(ValueError):
            File("x-1.tar.gz", version_of("x-1.tar.gz"), -1)
        file = File("x-1.tar.gz", version_of("x-1.tar.gz"), 1)
        with self.assertRaises(AttributeError):
            file.size = 2
        self.assertEqual(repr(file), "File(name='x-1.tar.gz', version=<Version('1')>, size=1, yanked=False)")


if __name__ == "__main__":
    unittest.main()
