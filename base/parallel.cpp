// A handful of threads that take indices from one counter.
#include "base/parallel.h"

#include <sched.h>

#include <algorithm>
#include <atomic>
#include <mutex>
#include <thread>
#include <vector>

namespace base {

size_t processor_count() {
    cpu_set_t set;
    int count = sched_getaffinity(0, sizeof set, &set) ? 1 : CPU_COUNT(&set);
    return (size_t)std::clamp(count, 1, 16);
}

namespace {
struct Round {
    size_t count;
    ParallelCall call;
    void* context;
    std::atomic<size_t> next{0};
    std::atomic<bool> failed{false};
    std::mutex guard;
    size_t failed_index = 0;
    Result<void> result;

    void work() {
        for (;;) {
            if (failed.load(std::memory_order_relaxed)) return;
            size_t index = next.fetch_add(1);
            if (index >= count) return;
            Result<void> done = call(context, index);
            if (done.ok()) continue;
            std::lock_guard<std::mutex> hold(guard);
            if (!failed || index < failed_index) {
                failed_index = index;
                result = std::move(done);
            }
            failed = true;
        }
    }
};
}  // namespace

Result<void> run_parallel(size_t count, ParallelCall call, void* context) {
    Round round{.count = count, .call = call, .context = context, .guard = {}, .result = {}};
    std::vector<std::thread> threads;
    size_t wanted = std::min(count, processor_count());
    for (size_t i = 1; i < wanted; i++)
        threads.emplace_back([&round] { round.work(); });
    round.work();
    for (std::thread& thread : threads)
        thread.join();
    return std::move(round.result);
}

}  // namespace base
