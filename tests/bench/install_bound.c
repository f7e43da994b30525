/* install_bound warm|cold FROM CACHE TO LIST: the system calls that no installer with a cache can leave out, and nothing else, on
   as many threads as there are processors. The paths in LIST, those of one wheel together, are read from FROM first; then it
   - cold: writes their files into CACHE, numbered, 64 a directory;
   - both: makes their directories below TO and hardlinks the files there, from CACHE or, warm, from FROM.
   Prints the milliseconds of that. No archive, no hash, no plan, no journal, no RECORD. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { kTogether = 64, kMostFiles = 100000, kMostWheels = 1000, kMostThreads = 16 };

static char text[32 << 20];
static struct {
    const char *path, *name;
    char *bytes;
    size_t size;
} files[kMostFiles];
static int wheels[kMostWheels + 1], wheel_count, file_count;
static int from, cache, to;
static int cold, writing;
static atomic_int next;

static int check(int result, const char *what) {
    if (result >= 0) return result;
    perror(what);
    exit(1);
}

static int open_folder(int root, const char *path, int make) {
    char part[4096];
    snprintf(part, sizeof part, "%s", *path ? path : ".");
    int folder = openat(root, part, O_PATH | O_DIRECTORY);
    if (folder >= 0 || !make) return check(folder, part);
    for (char *at = part; (at = strchr(at, '/')); at++) {
        *at = 0;
        if (mkdirat(root, part, 0755) && errno != EEXIST) perror(part);
        *at = '/';
    }
    check(mkdirat(root, part, 0755), part);
    return open_folder(root, path, 0);
}

static void folder_of(int file, char *out) {
    size_t size = (size_t)(files[file].name - files[file].path);
    memcpy(out, files[file].path, size);
    out[size ? size - 1 : 0] = 0;
}

static void write_wheel(int wheel) {
    char name[64];
    int folder = -1;
    sprintf(name, "%d", wheel);
    check(mkdirat(cache, name, 0755), name);
    for (int i = wheels[wheel], number = 0; i < wheels[wheel + 1]; i++, number++) {
        if (number % kTogether == 0) {
            if (folder >= 0) close(folder);
            sprintf(name, "%d/%d", wheel, number / kTogether);
            folder = open_folder(cache, name, 1);
        }
        sprintf(name, "%d", number);
        int file = check(openat(folder, name, O_WRONLY | O_CREAT | O_EXCL, 0644), name);
        if (files[i].size) check((int)write(file, files[i].bytes, files[i].size), name);
        close(file);
    }
    close(folder);
}

static void link_wheel(int wheel) {
    char path[4096], last[4096] = "\n", name[64];
    int source = -1, target = -1;
    for (int i = wheels[wheel], number = 0; i < wheels[wheel + 1]; i++, number++) {
        folder_of(i, path);
        int entered = strcmp(path, last) != 0;
        if (entered) {
            if (target >= 0) close(target);
            target = open_folder(to, path, 1);
            strcpy(last, path);
        }
        if (cold ? number % kTogether == 0 : entered) {
            if (source >= 0) close(source);
            sprintf(name, "%d/%d", wheel, number / kTogether);
            source = cold ? open_folder(cache, name, 0) : open_folder(from, path, 0);
        }
        sprintf(name, "%d", number);
        check(linkat(source, cold ? name : files[i].name, target, files[i].name, 0), files[i].path);
    }
    close(source);
    close(target);
}

static void *work(void *unused) {
    for (int wheel; (wheel = next++) < wheel_count;) {
        if (writing) {
            write_wheel(wheel);
        } else {
            link_wheel(wheel);
        }
    }
    return unused;
}

static void on_all_processors(void) {
    cpu_set_t set;
    pthread_t threads[kMostThreads];
    int count = sched_getaffinity(0, sizeof set, &set) ? 1 : CPU_COUNT(&set);
    if (count > kMostThreads) count = kMostThreads;
    next = 0;
    for (int i = 1; i < count; i++) {
        if (pthread_create(&threads[i], NULL, work, NULL)) exit(1);
    }
    work(NULL);
    for (int i = 1; i < count; i++)
        pthread_join(threads[i], NULL);
}

static void read_list(const char *list) {
    FILE *stream = fopen(list, "r");
    if (!stream) check(-1, list);
    text[fread(text, 1, sizeof text - 1, stream)] = 0;
    const char *last = "";
    size_t last_size = 0;
    for (char *line = strtok(text, "\n"); line && file_count < kMostFiles; line = strtok(NULL, "\n"), file_count++) {
        const char *slash = strrchr(line, '/');
        files[file_count].path = line;
        files[file_count].name = slash ? slash + 1 : line;
        // "bench_001/…" and "bench_001-1.0.dist-info/…" are of one wheel.
        size_t size = strcspn(line, "/-");
        if ((size != last_size || memcmp(line, last, size)) && wheel_count < kMostWheels) wheels[wheel_count++] = file_count;
        last = line;
        last_size = size;
        if (!cold) continue;
        struct stat info;
        int file = check(openat(from, line, O_RDONLY), line);
        check(fstat(file, &info), line);
        files[file_count].size = (size_t)info.st_size;
        files[file_count].bytes = malloc(files[file_count].size + 1);
        check((int)read(file, files[file_count].bytes, files[file_count].size), line);
        close(file);
    }
    wheels[wheel_count] = file_count;
}

int main(int argc, char **argv) {
    if (argc != 6) return 2;
    struct timespec start, end;
    cold = !strcmp(argv[1], "cold");
    from = check(open(argv[2], O_PATH | O_DIRECTORY), argv[2]);
    read_list(argv[5]);
    clock_gettime(CLOCK_MONOTONIC, &start);
    if (cold) {
        cache = open_folder(AT_FDCWD, argv[3], 1);
        writing = 1;
        on_all_processors();
        writing = 0;
    }
    to = open_folder(AT_FDCWD, argv[4], 1);
    on_all_processors();
    clock_gettime(CLOCK_MONOTONIC, &end);
    printf("%.3f\n", (double)(end.tv_sec - start.tv_sec) * 1e3 + (double)(end.tv_nsec - start.tv_nsec) / 1e6);
    return 0;
}
