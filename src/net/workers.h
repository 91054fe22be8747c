#pragma once
// Threads that run jobs in the order given. One queue, bounded by whoever gives the jobs.

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
        bool has_sleeper = false;
        {
            std::lock_guard const lock(mutex_);
            jobs_.push_back(std::move(job));
            has_sleeper = sleepers_ > 0;
        }
        if (has_sleeper) wake_.notify_one();
    }

private:
    void work() {
        std::unique_lock lock(mutex_);
        while (true) {
            while (jobs_.empty() && !is_over_) {
                ++sleepers_;
                wake_.wait(lock);
                --sleepers_;
            }
            if (is_over_) return;
            Job job = std::move(jobs_.front());
            jobs_.pop_front();
            lock.unlock();
            job();
            job = nullptr;
            lock.lock();
        }
    }

    std::mutex mutex_;
    std::condition_variable wake_;
    std::deque<Job> jobs_;
    std::size_t sleepers_ = 0;
    bool is_over_ = false;
    std::vector<std::thread> threads_;
};

}  // namespace allroads::net
