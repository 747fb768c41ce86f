#include "bench/train_run.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>

#include <fmt/format.h>

#include "bench/task_data.h"
#include "core/error.h"
#include "core/files.h"
#include "core/heap.h"
#include "core/interrupt.h"
#include "core/json_lines.h"
#include "policies/aten.h"
#include "policies/memory_gain.h"

namespace sagbench {
namespace {

nlohmann::json SettingsJson(const TrainRequest& request) {
  const TrainSettings& s = request.settings;
  return {{"iterations", s.optimizer.total_steps},
          {"batch", s.batch},
          {"learning_rate", s.optimizer.learning_rate},
          {"weight_decay", s.optimizer.weight_decay},
          {"betas", {s.optimizer.beta1, s.optimizer.beta2}},
          {"warmup", s.optimizer.warmup},
          {"dropout_attention", s.dropout.attention},
          {"dropout_embedding", s.dropout.embedding},
          {"precision", s.bfloat16 ? "bfloat16 autocast" : "float32"},
          {"pad_after", request.pad_after},
          {"full_every", s.full_every},
          {"fine_share", s.fine_share},
          {"memory_gain", request.memory_gain},
          {"seed", s.seed}};
}

// What training starts from; `provenance` learns of it.
Policy StartPolicy(const TrainRequest& request, const WindowDataset& all,
                   nlohmann::json& provenance) {
  Policy policy;
  if (!request.from.empty()) {
    policy = LoadPolicy(request.from);
    if (ToJson(policy.config) != ToJson(request.config)) {
      throw UsageError("policy {} has another shape than the one to train: {} against {}",
                       request.from.string(), ToJson(policy.config).dump(),
                       ToJson(request.config).dump());
    }
    provenance["from"] = {{"sha256", policy.sha256}, {"provenance", policy.provenance}};
  } else {
    policy.config = request.config;
    policy.weights = InitialWeights(request.config, request.settings.seed);
    FitNormalizers(all, policy);
  }
  ScaleMemory(policy.weights, request.memory_gain);
  return policy;
}

std::vector<size_t> AllIndices(const DemonstrationFile& file) {
  std::vector<size_t> all(file.demonstrations.size());
  for (size_t i = 0; i < all.size(); ++i) all[i] = i;
  return all;
}

// One training, from its folder to its folder.
class TrainRun {
 public:
  TrainRun(const TrainRequest& request, const ProgressSink& progress)
      : request_(request),
        progress_(progress),
        checkpoint_(request.folder / "checkpoint.safetensors"),
        file_(ReadTaskData(request.data, request.config)),
        train_(request.config, file_, file_.train, request.pad_after) {
    if (!file_.valid.empty()) valid_.emplace(request.config, file_, file_.valid, request.pad_after);
    const WindowDataset all(request.config, file_, AllIndices(file_), request.pad_after);
    provenance_ = request.provenance;
    trainer_ = std::make_unique<Trainer>(StartPolicy(request, all, provenance_), request.settings,
                                         train_, valid_ ? &*valid_ : nullptr);
    provenance_["data"] = {{"file", request.data.filename().string()},
                           {"sha256", Sha256OfFile(request.data)},
                           {"demonstrations", file_.demonstrations.size()},
                           {"rows", all.observations().size(0)},
                           {"attributes", file_.info.attributes}};
    provenance_["settings"] = SettingsJson(request);
    fingerprint_ = Sha256Hex(provenance_["data"].dump() + provenance_["settings"].dump() +
                             ToJson(request.config).dump());
  }

  void Run() {
    Open();
    const int64_t total = request_.settings.optimizer.total_steps;
    const int64_t end = request_.stop_after > 0 ? std::min(total, request_.stop_after) : total;
    resumed_ = saved_ = trainer_->iteration();
    while (trainer_->iteration() < end) {
      const double loss = trainer_->Step().item<double>();
      loss_sum_ += loss;
      ++loss_count_;
      const int64_t done = trainer_->iteration();
      const bool last = done == end;
      const bool rollout = request_.rollout_every > 0 && done % request_.rollout_every == 0;
      const bool records = last || rollout || done % request_.validate_every == 0;
      const bool saves = last || done % request_.checkpoint_every == 0;
      const bool writes = records || saves || Interrupted();
      if (!std::isfinite(loss) || (writes && !trainer_->Finite())) ThrowDiverged();
      if (records) Record();
      if (saves || Interrupted()) Checkpoint();
      ThrowIfInterrupted();
      Show(end);
    }
  }

 private:
  void Open() {
    MakeWritableFolder(request_.folder);
    if (std::filesystem::exists(checkpoint_)) {
      if (!request_.resume) {
        throw UsageError(
            "{} already holds a training: go on with --resume, or choose another --out",
            request_.folder.string());
      }
      trainer_->Load(checkpoint_, fingerprint_);
    }
    const std::filesystem::path curve = request_.folder / "curve.jsonl";
    if (std::filesystem::exists(curve)) ReadCurve(curve);
    curve_ = std::make_unique<JsonLinesWriter>(curve);
  }

  // Keeps the points up to the checkpoint; what came after it will be computed again.
  void ReadCurve(const std::filesystem::path& path) {
    const JsonLines lines = ReadJsonLines(path);
    std::filesystem::remove(path);
    JsonLinesWriter writer(path);
    for (const nlohmann::json& point : lines.records) {
      if (point.at("iteration").get<int64_t>() > trainer_->iteration()) continue;
      writer.Append(point);
      points_.push_back(point);
      best_error_ = std::min(best_error_, point.value("action_error", best_error_));
    }
  }

  // Before anything is overwritten.
  [[noreturn]] void ThrowDiverged() const {
    throw UsageError(
        "the training diverged: its loss is not finite at iteration {} ({}); try a lower "
        "--learning-rate",
        trainer_->iteration(),
        saved_ > 0 ? fmt::format("the last checkpoint, of iteration {}, is kept", saved_)
                   : "there is no checkpoint");
  }

  void Record() {
    const int64_t done = trainer_->iteration();
    nlohmann::json point{
        {"iteration", done},
        {"loss", loss_sum_ / static_cast<double>(std::max<int64_t>(1, loss_count_))},
        {"learning_rate", trainer_->learning_rate()}};
    loss_sum_ = 0.0;
    loss_count_ = 0;
    Policy policy = trainer_->Averaged();
    bool best = false;
    if (const std::optional<Validation> validation = trainer_->Validate()) {
      if (!std::isfinite(validation->noise_loss)) ThrowDiverged();
      point["noise_loss"] = validation->noise_loss;
      point["fine_loss"] = validation->fine_loss;
      point["action_error"] = validation->action_error;
      best = validation->action_error < best_error_;
      best_error_ = std::min(best_error_, validation->action_error);
      note_ = fmt::format("valid {:.4f}, fine {:.4f}, action error {:.5f}", validation->noise_loss,
                          validation->fine_loss, validation->action_error);
    }
    AddRollout(policy, point);
    curve_->Append(point);
    points_.push_back(point);
    provenance_["iteration"] = done;
    provenance_["curve"] = points_;
    policy.provenance = provenance_;
    SavePolicy(request_.folder / "last", policy, WeightPrecision::kFloat16);
    if (best) SavePolicy(request_.folder / "best", policy, WeightPrecision::kFloat16);
  }

  // An interruption costs the rollout, not the training so far.
  void AddRollout(const Policy& policy, nlohmann::json& point) const {
    const int64_t done = trainer_->iteration();
    if (!request_.rollout || request_.rollout_every < 1 || done % request_.rollout_every != 0) {
      return;
    }
    try {
      point["rollout"] = request_.rollout(policy);
    } catch (const Error& error) {
      if (error.code() != ExitCode::kInterrupted) throw;
    }
  }

  void Checkpoint() {
    trainer_->Save(checkpoint_, fingerprint_);
    saved_ = trainer_->iteration();
  }

  void Show(int64_t end) const {
    if (!progress_) return;
    const double loss = loss_count_ > 0 ? loss_sum_ / static_cast<double>(loss_count_) : 0.0;
    std::string note = loss_count_ > 0 ? fmt::format("loss {:.4f}", loss) : "";
    if (!note_.empty()) note += (note.empty() ? "" : ", ") + note_;
    progress_({.label = "train",
               .unit = "iterations",
               .done = trainer_->iteration(),
               .total = end,
               .resumed = resumed_,
               .note = note});
  }

  const TrainRequest& request_;
  const ProgressSink& progress_;
  std::filesystem::path checkpoint_;
  DemonstrationFile file_;
  WindowDataset train_;
  std::optional<WindowDataset> valid_;
  std::unique_ptr<Trainer> trainer_;
  std::unique_ptr<JsonLinesWriter> curve_;
  nlohmann::json provenance_;
  std::string fingerprint_, note_;
  std::vector<nlohmann::json> points_;
  double best_error_ = std::numeric_limits<double>::infinity();
  double loss_sum_ = 0.0;
  int64_t loss_count_ = 0, resumed_ = 0;
  int64_t saved_ = 0;  // iteration of the last checkpoint; 0: none
};

}  // namespace

void TrainPolicy(const TrainRequest& request, const ProgressSink& progress) {
  KeepFreedMemory();
  TrainRequest checked = request;
  if (checked.pad_after < 0) checked.pad_after = checked.config.action_steps - 1;
  CheckPolicyConfig(checked.config);
  TrainRun(checked, progress).Run();
}

}  // namespace sagbench
