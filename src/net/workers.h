#pragma once
// Threads that run jobs in the order given. One queue, bounded by whoever gives the jobs.
//
// To wake a thread costs more than most jobs do. So at most one is on its way at a time: who comes and finds
// more than one job wakes the next.

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace allroads::net {

class Workers {
public:
    using Job = std::function<void()>;
    explicit Workers(std::size_t count) {
        for (std::size_t i = 0; i < count; ++i) threads_.emplace_back([this] { work(); });
    }
    // Finishes what runs, forgets what waits.
    ~Workers() {
        {
            std::lock_guard const lock(mutex_);
            is_over_ = true;
        }
        wake_.notify_all();
        for (auto& thread : threads_) thread.join();
    }
    Workers(Workers const&) = delete;
    Workers& operator=(Workers const&) = delete;

    void give(Job job) {
        bool must_wake = false;
        {
            std::lock_guard const lock(mutex_);
            jobs_.push_back(std::move(job));
            must_wake = calls_one();
        }
        if (must_wake) wake_.notify_one();
    }

private:
    // Whether a sleeper is to be woken now; the caller does it, best without the lock.
    bool calls_one() {
        if (is_one_called_ || sleepers_ == 0 || jobs_.empty()) return false;
        is_one_called_ = true;
        return true;
    }
    void sleep(std::unique_lock<std::mutex>& lock) {
        ++sleepers_;
        wake_.wait(lock);
        --sleepers_;
        is_one_called_ = false;  // also where it woke by itself: then one more is woken than need be
    }
    void work() {
        std::unique_lock lock(mutex_);
        while (true) {
            while (jobs_.empty() && !is_over_) sleep(lock);
            if (is_over_) return;
            Job job = std::move(jobs_.front());
            jobs_.pop_front();
            bool const must_wake = calls_one();
            lock.unlock();
            if (must_wake) wake_.notify_one();
            job();
            job = nullptr;
            lock.lock();
        }
    }

    std::mutex mutex_;
    std::condition_variable wake_;
    std::deque<Job> jobs_;
    std::size_t sleepers_ = 0;
    bool is_one_called_ = false;
    bool is_over_ = false;
    std::vector<std::thread> threads_;
};

}  // namespace allroads::net
