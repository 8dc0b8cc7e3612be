package dev.remap.core.backbone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.FloatBuffer;
import org.junit.jupiter.api.Test;

class FeatureMapTest {
  private final FeatureMap map = new FeatureMap(2, 3, 2, 2, numbers(24));

  private static FloatBuffer numbers(int count) {
    FloatBuffer numbers = FloatBuffer.allocate(count);
    for (int i = 0; i < count; i++) {
      numbers.put(i, i);
    }
    return numbers;
  }

  @Test
  void channelsLieWhereNchwOrderPutsThem() {
    float[] cells = new float[4];
    map.channel(1, 2, cells);
    assertThat(cells).containsExactly(20, 21, 22, 23);
    assertThat(map.offset(1)).isEqualTo(12);
  }

  @Test
  void sizesThatDoNotFitAreRefused() {
    assertThatThrownBy(() -> new FeatureMap(2, 3, 2, 2, numbers(23)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("2 images, 3 channels, 2x2 cells does not fit 23 values");
    assertThatThrownBy(() -> new FeatureMap(0, 3, 2, 2, numbers(0)))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> map.offset(2)).hasMessageContaining("Image 2 is not in a batch of 2");
  }

  @Test
  void memoryIsRecognisedInLibtorchsWords() {
    assertThat(
            DeviceOutOfMemoryException.isMeantBy(
                "CUDA out of memory. Tried to allocate 20.00 GiB. GPU 0 has a total capacity of"))
        .isTrue();
    assertThat(DeviceOutOfMemoryException.isMeantBy("CUDNN_STATUS_ALLOC_FAILED")).isTrue();
    assertThat(DeviceOutOfMemoryException.isMeantBy("CUBLAS_STATUS_EXECUTION_FAILED")).isFalse();
    assertThat(DeviceOutOfMemoryException.isMeantBy(null)).isFalse();
  }
}
