package dev.remap.core.training;

import static org.assertj.core.api.Assertions.assertThat;

import dev.remap.core.image.ImageShape;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ShapeBatchesTest {
  private static final ImageShape LYING = new ImageShape(32, 24);
  private static final ImageShape UPRIGHT = new ImageShape(24, 32);

  @Test
  void imagesOfABatchHaveOneShapeAndComeInTheirOrder() {
    List<ImageShape> shapes = List.of(LYING, UPRIGHT, LYING, LYING, UPRIGHT);
    assertThat(ShapeBatches.of(5, shapes::get))
        .containsExactly(new int[] {0, 2, 3}, new int[] {1, 4});
    assertThat(ShapeBatches.of(0, shapes::get)).isEmpty();
  }

  @Test
  void aBatchHasSixteenImagesAndFewerWhereTheyHaveManyPixels() {
    List<int[]> small = ShapeBatches.of(40, i -> i % 2 == 0 ? LYING : UPRIGHT);
    assertThat(small).extracting(batch -> batch.length).containsExactly(16, 16, 4, 4);
    assertThat(small.stream().flatMapToInt(IntStream::of))
        .containsExactlyInAnyOrder(IntStream.range(0, 40).boxed().toArray(Integer[]::new));
    assertThat(ShapeBatches.of(5, i -> new ImageShape(512, 256)))
        .extracting(batch -> batch.length)
        .containsExactly(2, 2, 1);
    assertThat(ShapeBatches.of(2, i -> new ImageShape(1024, 768)))
        .containsExactly(new int[] {0}, new int[] {1});
  }
}
