#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "policies/denoiser.h"
#include "schedulers/plan_rows.h"

namespace sagbench {

// A plan as a list of what is to be done, so that running it is a walk along the list. Residuals
// are kept in numbered buffers [B, T, d].

// So much of a buffer.
struct Term {
  int buffer = 0;
  float weight = 1.0F;
  bool operator==(const Term&) const = default;
};

// Where a computed residual goes: of the `index`-th row that computed it.
struct Write {
  int index = 0;
  int buffer = 0;
};

struct Operation {
  enum class Kind {
    kBegin,    // the stream from the sample, for some rows
    kKeep,     // a sum of terms into a buffer
    kAdd,      // a sum of terms onto the stream
    kCompute,  // a block for some rows: onto the stream and into buffers
    kFinish,   // the sampler's step, for some rows
    kHold,     // the sampler's step from the clean sample that is kept, for some rows
  };
  Kind kind = Kind::kBegin;
  int step = 0;
  int block = 0;                         // kCompute
  bool keeps = false;                    // kFinish: the clean sample, for steps that hold it
  float noise = 1.0F;                    // kFinish, kHold: the share of the sampler's that is added
  int buffer = 0;                        // kKeep: where the sum goes
  int first_row = 0, rows = 0;           // all but kCompute: of the batch
  uint32_t first = 0, count = 0;         // kKeep, kAdd: terms; kCompute: rows
  uint32_t first_write = 0, writes = 0;  // kCompute
};

// Makes the list. Reused cells of a row wait for each other, as in Lane, and are added as one sum;
// the sum of a fully reused step is kept for the next.
class ChunkProgram {
 public:
  // For the rows of a batch, whose plans share grid and layout, and which outlive this; their cells
  // may change until they are appended.
  ChunkProgram(std::span<const PlannedRows> rows, std::span<const BlockInfo> blocks);

  // Drops the list, not what the buffers hold.
  void Clear();
  // Appends the cells first..end-1 of a step, with its begin and its finish if they are the first
  // and the last. Throws Error (usage) for a cell that reuses an empty slot.
  void Append(int step, int first, int end);

  std::span<const Operation> operations() const { return operations_; }
  std::span<const Term> terms(const Operation& o) const { return {&terms_[o.first], o.count}; }
  std::span<const int> rows(const Operation& o) const { return {&rows_[o.first], o.count}; }
  std::span<const Write> writes(const Operation& o) const {
    return {writes_.data() + o.first_write, o.writes};
  }

  int buffers() const { return buffers_; }
  // The buffer of a probe's residual, in order of the plan's probes.
  int ProbeBuffer(size_t probe) const { return first_probe_ + static_cast<int>(probe); }
  // Of the i-th of the planned rows, as far as appended.
  const CellCount& count(size_t i) const { return lanes_[i].count; }

 private:
  // What a slot holds: steps of its writes, oldest first, and where they are.
  struct Slot {
    std::vector<int> steps, buffers;
  };
  // The state of rows that follow one plan.
  struct Lane {
    std::vector<Slot> slots;
    std::vector<Term> waiting, kept;
    bool kept_valid = false;
    bool holds = false;  // Plan::Holds of the step at hand
    CellCount count;
  };

  void Reuse(Lane& lane, uint16_t slot, int step) const;
  void Flush(size_t index, int step, bool whole_step);
  void AppendBlock(int step, int block);
  // One operation for each stretch of rows that run in this step, or hold.
  void AppendStretches(Operation::Kind kind, int step, bool holds);
  void AddWrites(size_t index, int step, int block, int first_index);
  int NextBuffer(Slot& slot, uint16_t index, int step) const;
  void AddSum(Operation::Kind kind, size_t index, int step, std::span<const Term> terms);

  std::span<const PlannedRows> planned_;
  std::span<const BlockInfo> blocks_;
  std::vector<int> slot_buffers_;  // the first of each slot
  int kept_buffer_ = 0, first_probe_ = 0, buffers_ = 0;
  std::vector<Lane> lanes_;
  std::vector<Operation> operations_;
  std::vector<Term> terms_;
  std::vector<int> rows_;
  std::vector<Write> writes_;
};

}  // namespace sagbench
