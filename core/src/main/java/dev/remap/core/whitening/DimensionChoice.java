package dev.remap.core.whitening;

/**
 * How many dimensions a whitening keeps, and why.
 *
 * <p>Whitening divides by √λ. Towards the rank, directions are those of single images, and blowing
 * them up makes every image equally far from every other, without an error. With 100 photographs of
 * 19 objects (REMAP on MobileNetV2; mAP 0.87 before whitening) the mAP was 0.87 at d = 16, 0.79 at
 * 32, 0.61 at 48 and 0.12 at 96; with 311 other photographs added it was 0.91 at 96, 0.83 at 200
 * and 0.58 at 300; subsets of 11 to 79 photographs did best between n/6 and n/4.
 *
 * <p>So the automatic dimension is one for every five descriptors, at least 2 and at most 128, and
 * a multiple of 8 from 8 on (product quantizers want divisors). It also keeps to half of a
 * deficient rank, which is what many copies of few images leave; a full rank (rank = D) is no sign
 * of scarcity.
 */
record DimensionChoice(int dimension, String reason) {
  static final int CAP = 128;
  private static final int STEP = 8;
  private static final int DESCRIPTORS_EACH = 5;

  static DimensionChoice of(int wanted, int inputDimension, int rank, long count) {
    if (rank < 1) {
      throw new IllegalArgumentException(
          "there is nothing to whiten: all "
              + count
              + " descriptors are equal; at least 2 different ones are needed");
    }
    return wanted == WhiteningOptions.AUTO
        ? automatic(inputDimension, rank, count)
        : explicit(wanted, inputDimension, rank, count);
  }

  private static DimensionChoice automatic(int inputDimension, int rank, long count) {
    long borne = Math.max(2, count / DESCRIPTORS_EACH);
    int dimension =
        (int) Math.min(Math.min(CAP, borne), rank == inputDimension ? rank : Math.max(1, rank / 2));
    if (dimension >= STEP) {
      dimension -= dimension % STEP;
    }
    String cause =
        dimension == CAP
            ? "automatic, the maximum: "
            : "automatic, one for five descriptors within half of a deficient rank: ";
    return new DimensionChoice(dimension, cause + spectrum(inputDimension, rank, count));
  }

  private static DimensionChoice explicit(int wanted, int inputDimension, int rank, long count) {
    if (wanted > rank) {
      throw new IllegalArgumentException(
          "a whitening of "
              + wanted
              + " dimensions cannot be fitted: "
              + spectrum(inputDimension, rank, count)
              + "; ask for a fifth of the number of descriptors, choose 0 (automatic), or fit on"
              + " more images");
    }
    return new DimensionChoice(wanted, "as configured: " + spectrum(inputDimension, rank, count));
  }

  private static String spectrum(int inputDimension, int rank, long count) {
    return count + " descriptors of " + inputDimension + " components have numerical rank " + rank;
  }
}
