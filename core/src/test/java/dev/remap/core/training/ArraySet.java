package dev.remap.core.training;

import dev.remap.core.training.head.HeadShape;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/** Region vectors in memory. */
@SuppressWarnings("ArrayRecordComponent") // Never compared.
record ArraySet(HeadShape shape, float[][] vectors) implements RegionStore {
  static final HeadShape SHAPE = HeadShape.ofVectors(2, 8, List.of(5, 3));

  /**
   * Groups whose images are alike in some regions and like any other in the rest.
   *
   * @param telling regions of each tap that tell groups apart
   */
  static ArraySet groups(int groups, int perGroup, int telling, long seed) {
    return groups(SHAPE, groups, perGroup, telling, seed);
  }

  static ArraySet groups(HeadShape shape, int groups, int perGroup, int telling, long seed) {
    Random random = new Random(seed);
    float[][] vectors = new float[groups * perGroup][shape.length()];
    for (int group = 0; group < groups; group++) {
      float[] prototype = new float[shape.length()];
      fill(prototype, random);
      for (int i = 0; i < perGroup; i++) {
        float[] image = vectors[group * perGroup + i];
        fill(image, random);
        int at = 0;
        for (int channels : shape.channels()) {
          for (int region = 0; region < shape.regions(); region++) {
            for (int c = at; c < at + channels; c++) {
              image[c] = region < telling ? prototype[c] + 0.1f * image[c] : image[c];
            }
            normalise(image, at, channels);
            at += channels;
          }
        }
      }
    }
    return new ArraySet(shape, vectors);
  }

  private static void fill(float[] values, Random random) {
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) Math.max(0.01, random.nextGaussian());
    }
  }

  private static void normalise(float[] values, int from, int length) {
    double squares = 0;
    for (int i = from; i < from + length; i++) {
      squares += values[i] * values[i];
    }
    for (int i = from; i < from + length; i++) {
      values[i] /= (float) Math.sqrt(squares);
    }
  }

  static int[] labels(int groups, int perGroup) {
    int[] labels = new int[groups * perGroup];
    Arrays.setAll(labels, i -> i / perGroup);
    return labels;
  }

  @Override
  public int images() {
    return vectors.length;
  }

  @Override
  public void read(int image, float[] out) {
    System.arraycopy(vectors[image], 0, out, 0, out.length);
  }

  @Override
  public void write(int image, float[] from) {
    System.arraycopy(from, 0, vectors[image], 0, from.length);
  }
}
