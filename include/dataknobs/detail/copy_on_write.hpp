// SPDX-License-Identifier: Apache-2.0
#pragma once
/// \file
/// Shares a value between copies until one of them changes it.

#include <atomic>
#include <cstdint>
#include <utility>

namespace dataknobs::detail {

/// A value whose copies are independent and as cheap as a pointer's. A value that was never changed takes no memory.
/// Thread safety: as for the value itself; copies may be used by different threads.
template <class T>
class CopyOnWrite {
 public:
  CopyOnWrite() noexcept = default;
  explicit CopyOnWrite(T value) : node_(new Node(std::move(value))) {}
  CopyOnWrite(const CopyOnWrite& other) noexcept : node_(other.node_) {
    if (node_ != nullptr) node_->owners.fetch_add(1, std::memory_order_relaxed);
  }
  CopyOnWrite(CopyOnWrite&& other) noexcept : node_(std::exchange(other.node_, nullptr)) {}
  CopyOnWrite& operator=(CopyOnWrite other) noexcept {
    std::swap(node_, other.node_);
    return *this;
  }
  ~CopyOnWrite() { release(); }

  /// Valid until this object changes.
  const T& get() const noexcept { return node_ == nullptr ? kEmpty : node_->value; }

  /// The value for a change: no copy shares it afterwards.
  T& own() {
    if (node_ == nullptr) {
      node_ = new Node(T());
    } else if (node_->owners.load(std::memory_order_acquire) >
               1) {  // Else what other owners read comes before.
      Node* const copy = new Node(node_->value);
      release();
      node_ = copy;
    }
    return node_->value;
  }

  void reset() noexcept {
    release();
    node_ = nullptr;
  }

 private:
  struct Node {
    explicit Node(T initial) : value(std::move(initial)) {}
    std::atomic<std::uint32_t> owners = 1;
    T value;
  };

  void release() noexcept {
    if (node_ != nullptr && node_->owners.fetch_sub(1, std::memory_order_acq_rel) == 1) delete node_;
  }

  static const T kEmpty;
  Node* node_ = nullptr;
};

// Usable by static objects of other files: it needs no code to run first.
template <class T>
constinit const T CopyOnWrite<T>::kEmpty{};

}  // namespace dataknobs::detail
