#pragma once

#include <array>
#include <cstdint>

namespace sagbench {

// The draws of numpy.random.RandomState(seed) that the original environments make (MT19937 with
// init_genrand; masked rejection for integers, the polar method for normals).
class NumpyRandom {
 public:
  explicit NumpyRandom(uint32_t seed);

  // randint(low, high): uniform in low..high-1; high > low.
  int64_t Integer(int64_t low, int64_t high);
  double Uniform();  // random_sample: in [0, 1)
  double Normal();   // randn

 private:
  uint32_t Next();
  void Twist();

  std::array<uint32_t, 624> state_;
  int position_ = 624;
  bool has_spare_ = false;
  double spare_ = 0.0;
};

}  // namespace sagbench
