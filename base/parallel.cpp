// A handful of threads that take indices from one counter.
#include "base/parallel.h"

#include <sched.h>

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <deque>
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

// Of the failures of several threads the one of the lowest index, as if one thread had done all in turn.
struct FirstFailure {
    bool any = false;
    size_t index = 0;
    Result<void> result;

    void add(size_t at, Result<void> failure) {
        if (any && at >= index) return;
        any = true;
        index = at;
        result = std::move(failure);
    }
};

struct Round {
    size_t count;
    ParallelCall call;
    void* context;
    std::atomic<size_t> next{0};
    std::atomic<bool> failed{false};
    std::mutex guard;
    FirstFailure failure;

    void work() {
        for (;;) {
            if (failed.load(std::memory_order_relaxed)) return;
            size_t index = next.fetch_add(1);
            if (index >= count) return;
            Result<void> done = call(context, index);
            if (done.ok()) continue;
            std::lock_guard<std::mutex> hold(guard);
            failure.add(index, std::move(done));
            failed = true;
        }
    }
};

}  // namespace

Result<void> run_parallel(size_t count, ParallelCall call, void* context) {
    Round round{.count = count, .call = call, .context = context, .guard = {}, .failure = {}};
    std::vector<std::thread> threads;
    size_t wanted = std::min(count, processor_count());
    for (size_t i = 1; i < wanted; i++)
        threads.emplace_back([&round] { round.work(); });
    round.work();
    for (std::thread& thread : threads)
        thread.join();
    return std::move(round.failure.result);
}

struct ParallelQueue::State {
    ParallelCall call;
    void* context;
    std::mutex guard;
    std::condition_variable added;
    std::deque<size_t> waiting;
    bool closed = false;
    FirstFailure failure;
    std::vector<std::thread> threads;

    void work() {
        std::unique_lock<std::mutex> hold(guard);
        for (;;) {
            added.wait(hold, [this] { return closed || failure.any || !waiting.empty(); });
            if (failure.any || waiting.empty()) return;
            size_t index = waiting.front();
            waiting.pop_front();
            hold.unlock();
            Result<void> done = call(context, index);
            hold.lock();
            if (done.ok()) continue;
            failure.add(index, std::move(done));
            added.notify_all();
        }
    }
    void close() {
        std::lock_guard<std::mutex> hold(guard);
        closed = true;
        added.notify_all();
    }
    void join() {
        for (std::thread& thread : threads)
            thread.join();
        threads.clear();
    }
};

ParallelQueue::ParallelQueue(size_t threads, ParallelCall call, void* context) : state_(std::make_unique<State>()) {
    state_->call = call;
    state_->context = context;
    for (size_t i = 0; i < threads; i++)
        state_->threads.emplace_back([state = state_.get()] { state->work(); });
}
ParallelQueue::~ParallelQueue() {
    {
        std::lock_guard<std::mutex> hold(state_->guard);
        state_->waiting.clear();
    }
    state_->close();
    state_->join();
}
void ParallelQueue::add(size_t index) {
    std::lock_guard<std::mutex> hold(state_->guard);
    state_->waiting.push_back(index);
    state_->added.notify_one();
}
bool ParallelQueue::failed() const {
    std::lock_guard<std::mutex> hold(state_->guard);
    return state_->failure.any;
}
Result<void> ParallelQueue::finish() {
    state_->close();
    state_->work();
    state_->join();
    return std::move(state_->failure.result);
}

}  // namespace base
