#include "tasks/renderer.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <cstring>

#include <dlfcn.h>

#include "core/error.h"
#include "tasks/model.h"

namespace sagbench {
namespace {

constexpr int kLargest = 1024;  // pixels
constexpr int kMostGeoms = 2000;
constexpr int kRgba = 0x1908, kUnsignedByte = 0x1401;  // OpenGL's GL_RGBA and GL_UNSIGNED_BYTE
constexpr int kDepthBits = 24, kStencilBits = 8, kAccumulationBits = 8;

// OpenGL on the CPU, loaded when it is needed, so that nothing else depends on it.
class MesaContext {
 public:
  MesaContext() : pixels_(size_t{4} * kLargest * kLargest) {
    for (const char* name : {"libOSMesa.so.8", "libOSMesa.so.6", "libOSMesa.so"}) {
      if (library_ == nullptr) library_ = dlopen(name, RTLD_NOW | RTLD_GLOBAL);
    }
    if (library_ == nullptr) Fail("libOSMesa is missing");
    using Create = void* (*)(int, int, int, int, void*);
    using MakeCurrent = unsigned char (*)(void*, void*, int, int, int);
    const auto create = reinterpret_cast<Create>(dlsym(library_, "OSMesaCreateContextExt"));
    const auto make_current = reinterpret_cast<MakeCurrent>(dlsym(library_, "OSMesaMakeCurrent"));
    destroy_ = reinterpret_cast<Destroy>(dlsym(library_, "OSMesaDestroyContext"));
    if (create == nullptr || make_current == nullptr || destroy_ == nullptr) {
      Fail("libOSMesa lacks a function");
    }
    setenv("MUJOCO_GL", "osmesa", 1);  // where MuJoCo looks OpenGL's functions up
    context_ = create(kRgba, kDepthBits, kStencilBits, kAccumulationBits, nullptr);
    if (context_ == nullptr ||
        make_current(context_, pixels_.data(), kUnsignedByte, kLargest, kLargest) == 0) {
      Fail("libOSMesa makes no context");
    }
  }
  ~MesaContext() {
    if (context_ != nullptr) destroy_(context_);
  }
  MesaContext(const MesaContext&) = delete;
  MesaContext& operator=(const MesaContext&) = delete;

 private:
  using Destroy = void (*)(void*);

  [[noreturn]] static void Fail(const char* what) {
    throw EnvironmentError("{}: pictures need it; on Debian, apt-get install libosmesa6", what);
  }

  std::vector<uint8_t> pixels_;
  void* library_ = nullptr;  // stays loaded: MuJoCo keeps its functions
  void* context_ = nullptr;
  Destroy destroy_ = nullptr;
};

void AddMark(const SceneMark& mark, mjvScene* scene) {
  if (scene->ngeom >= scene->maxgeom) return;
  const mjtNum c = std::cos(mark.turn), s = std::sin(mark.turn);
  const mjtNum turn[9] = {c, -s, 0, s, c, 0, 0, 0, 1};
  mjv_initGeom(&scene->geoms[scene->ngeom++], mjGEOM_BOX, mark.half_size.data(), mark.centre.data(),
               turn, mark.colour.data());
}

mjvCamera CameraOf(const TaskScene& scene, const mjModel& model) {
  mjvCamera camera;
  mjv_defaultFreeCamera(&model, &camera);
  std::copy(scene.looks_at.begin(), scene.looks_at.end(), camera.lookat);
  camera.distance = scene.distance;
  camera.azimuth = scene.azimuth;
  camera.elevation = scene.elevation;
  camera.orthographic = scene.height > 0.0 ? 1 : 0;
  return camera;
}

}  // namespace

struct Renderer::Impl {
  Impl() {
    mjv_defaultScene(&scene);
    mjr_defaultContext(&context);
    mjv_makeScene(nullptr, &scene, kMostGeoms);
  }
  ~Impl() {
    mjv_freeScene(&scene);
    mjr_freeContext(&context);
  }
  Impl(const Impl&) = delete;
  Impl& operator=(const Impl&) = delete;

  // Takes the scene's model over, with the settings of a picture; its meshes only where it is
  // another.
  void TakeModel(const TaskScene& from) {
    const bool same =
        model && model->nbuffer == from.model->nbuffer && model->nmeshvert == from.model->nmeshvert;
    if (!same) {
      data.reset();
      model.reset(mj_copyModel(nullptr, from.model));
      data.reset(mj_makeData(model.get()));
      SetView(from);
      mjr_freeContext(&context);
      mjr_makeContext(model.get(), &context, mjFONTSCALE_100);
      mjr_setBuffer(mjFB_OFFSCREEN, &context);
    } else {
      mj_copyModel(model.get(), from.model);
      SetView(from);
    }
    mj_copyData(data.get(), model.get(), from.data);
    mj_kinematics(model.get(), data.get());
    mj_comPos(model.get(), data.get());
    mj_camlight(model.get(), data.get());
  }

  void SetView(const TaskScene& from) {
    model->vis.global.offwidth = kLargest;
    model->vis.global.offheight = kLargest;
    if (from.height <= 0.0) return;
    // Seen flat: the same colour everywhere.
    auto& light = model->vis.headlight;
    std::fill_n(light.ambient, 3, 1.0F);
    std::fill_n(light.diffuse, 3, 0.0F);
    std::fill_n(light.specular, 3, 0.0F);
    model->vis.global.fovy = static_cast<float>(from.height);
    model->stat.extent = from.height;
  }

  MesaContext mesa;  // before what lives in it
  ModelPtr model;
  DataPtr data;
  mjvScene scene;
  mjrContext context;
};

Renderer::Renderer() : impl_(std::make_unique<Impl>()) {}
Renderer::~Renderer() = default;

Image Renderer::Draw(const TaskScene& scene, const Overlay& overlay) {
  Image image{.width = std::min(scene.pixels_wide, kLargest),
              .height = std::min(scene.pixels_high, kLargest),
              .rgb = {}};
  impl_->TakeModel(scene);
  mjvOption option;
  mjv_defaultOption(&option);
  mjvCamera camera = CameraOf(scene, *impl_->model);
  mjvScene& drawn = impl_->scene;
  mjv_updateScene(impl_->model.get(), impl_->data.get(), &option, nullptr, &camera, mjCAT_ALL,
                  &drawn);
  for (const SceneMark& mark : scene.marks) AddMark(mark, &drawn);
  drawn.flags[mjRND_SHADOW] = scene.height > 0.0 ? 0 : 1;
  drawn.flags[mjRND_REFLECTION] = 0;
  const mjrRect view = {0, 0, image.width, image.height};
  mjr_render(view, &drawn, &impl_->context);
  mjr_overlay(mjFONT_NORMAL, mjGRID_TOPLEFT, view, overlay.names.c_str(), overlay.values.c_str(),
              &impl_->context);
  const size_t row = size_t{3} * static_cast<size_t>(image.width);
  std::vector<uint8_t> upside_down(row * static_cast<size_t>(image.height));
  mjr_readPixels(upside_down.data(), nullptr, view, &impl_->context);
  image.rgb.resize(upside_down.size());
  for (int y = 0; y < image.height; ++y) {
    std::memcpy(image.rgb.data() + static_cast<size_t>(y) * row,
                upside_down.data() + static_cast<size_t>(image.height - 1 - y) * row, row);
  }
  return image;
}

Image SideBySide(const std::vector<Image>& images) {
  Image joined;
  for (const Image& image : images) {
    joined.width += image.width;
    joined.height = std::max(joined.height, image.height);
  }
  joined.rgb.resize(size_t{3} * static_cast<size_t>(joined.width) *
                    static_cast<size_t>(joined.height));
  size_t left = 0;
  for (const Image& image : images) {
    const size_t row = size_t{3} * static_cast<size_t>(image.width);
    for (int y = 0; y < image.height; ++y) {
      std::memcpy(
          joined.rgb.data() + static_cast<size_t>(y) * 3 * static_cast<size_t>(joined.width) + left,
          image.rgb.data() + static_cast<size_t>(y) * row, row);
    }
    left += row;
  }
  return joined;
}

}  // namespace sagbench
