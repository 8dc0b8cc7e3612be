package dev.remap.core.backbone;

import java.util.OptionalInt;

/**
 * Where a backbone runs: the CPU, or the GPU with an index as CUDA counts them in this process.
 *
 * @param gpu the GPU's index, from 0; empty for the CPU
 */
public record ComputeDevice(OptionalInt gpu) {
  public ComputeDevice {
    if (gpu.isPresent() && gpu.getAsInt() < 0) {
      throw new IllegalArgumentException("GPU index is " + gpu.getAsInt() + ": must be 0 or more");
    }
  }

  public static ComputeDevice cpu() {
    return new ComputeDevice(OptionalInt.empty());
  }

  public static ComputeDevice gpu(int index) {
    return new ComputeDevice(OptionalInt.of(index));
  }

  @Override
  public String toString() {
    return gpu.isPresent() ? "gpu:" + gpu.getAsInt() : "cpu";
  }
}
