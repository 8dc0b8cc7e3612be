package dev.remap.core.whitening;

/**
 * How many dimensions a whitening keeps, and why.
 *
 * <p>Whitening divides by √λ. Towards the rank, directions are those of single images, and blowing
 * them up makes every image equally far from every other, without an error. A ridge prevents that,
 * so with one the automatic dimension is as large as a catalogue of the size can afford: all
 * principal directions, and where n descriptors span fewer, {@link Complement random ones} of what
 * they do not span, which is most of what images have that were not among them. It falls from 2,048
 * at up to 1,024 descriptors to 128 beyond 8,192, where the covariance is known better. (Powers of
 * two, as product quantizers want divisors.)
 *
 * <p>Leave-one-out mAP, REMAP at 512×384: raw descriptors; a fifth of n dimensions without a ridge,
 * at most 128, which was the automatic choice before; and the automatic choice now. "Other": fitted
 * on n other photographs, of the demonstration if nothing else is said; "same": on those that are
 * searched, alone or among others. A: ImageNet's MobileNetV2, B: the demonstration's backbone.
 *
 * <pre>
 *                                          A: raw   n/5   now    B: raw   n/5   now
 *   objects, other,  54                      .835  .279  .841      .677  .392  .689
 *   objects, other, 311                      .835  .745  .878      .677  .612  .750
 *   objects, other, 900 of clothing          .835  .828  .862      .677  .672  .713
 *   objects, other, 831 of three sets        .835  .829  .885      .677  .688  .765
 *   products, other,  54                     .459  .162  .460      .436  .178  .443
 *   products, other, 311                     .459  .345  .462      .436  .344  .490
 *   products, other, 900 of clothing         .459  .377  .452      .436  .433  .511
 *   products, other, 771 of three sets       .459  .359  .458      .436  .441  .526
 *   objects, same,  52                       .959  .974  .956      .811  .773  .810
 *   products, same,  50                      .652  .642  .646      .598  .669  .604
 *   products, same, 480                      .480  .328  .485      .447  .338  .482
 *   pairs of the demonstration, same, 311    .861  .857  .887      .642  .771  .781
 *   objects, same, 465                       .835  .904  .884      .677  .814  .775
 *   objects, same, 931                       .835  .902  .888      .677  .813  .777
 *   products, same, 931                      .459  .502  .539      .436  .575  .578
 * </pre>
 *
 * <p>Some rows are left out; docs/figures.md has all, those where it loses most are here.
 *
 * <p>Without a ridge it is one for every five descriptors, at least 2 and at most 128, a multiple
 * of 8 from 8 on, and at most half of a deficient rank, which is what many copies of few images
 * leave; a full rank (rank = D) is no sign of scarcity.
 */
record DimensionChoice(int dimension, String reason) {
  static final int LEAST = 128;
  static final int MOST = 2048;

  /** Numbers of all vectors together that more than the least dimension may make. */
  private static final long NUMBERS = 1 << 21;

  private static final int STEP = 8;
  private static final int LARGE_STEP = 64;
  private static final int DESCRIPTORS_EACH = 5;

  static DimensionChoice of(WhiteningOptions options, int inputDimension, int rank, long count) {
    if (rank < 1) {
      throw new IllegalArgumentException(
          "there is nothing to whiten: all "
              + count
              + " descriptors are equal; at least 2 different ones are needed");
    }
    if (options.dimension() == WhiteningOptions.SPANNED) {
      return new DimensionChoice(
          rank, "all that is spanned: " + spectrum(inputDimension, rank, count));
    }
    if (options.dimension() != WhiteningOptions.AUTO) {
      return explicit(options.dimension(), inputDimension, rank, count);
    }
    return options.hasRidge()
        ? affordable(inputDimension, rank, count)
        : borne(inputDimension, rank, count);
  }

  private static DimensionChoice affordable(int inputDimension, int rank, long count) {
    int most = MOST;
    while (most > LEAST && most * count > NUMBERS) {
      most /= 2;
    }
    int dimension = inputDimension < most ? rounded(inputDimension) : most;
    String cause =
        dimension > rank
            ? String.format(
                "automatic, %d principal directions and %d random ones of what they miss: ",
                rank, dimension - rank)
            : "automatic, for so many descriptors: ";
    return new DimensionChoice(dimension, cause + spectrum(inputDimension, rank, count));
  }

  /** Product quantizers want divisors. */
  private static int rounded(int dimension) {
    int step = dimension > LEAST ? LARGE_STEP : dimension >= STEP ? STEP : 1;
    return dimension - dimension % step;
  }

  private static DimensionChoice borne(int inputDimension, int rank, long count) {
    long borne = Math.max(2, count / DESCRIPTORS_EACH);
    int dimension =
        (int)
            Math.min(Math.min(LEAST, borne), rank == inputDimension ? rank : Math.max(1, rank / 2));
    if (dimension >= STEP) {
      dimension -= dimension % STEP;
    }
    String cause =
        dimension == LEAST
            ? "automatic, the maximum without a ridge: "
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
              + "; ask for no more than that, choose 0 (automatic), or fit on more images");
    }
    return new DimensionChoice(wanted, "as configured: " + spectrum(inputDimension, rank, count));
  }

  private static String spectrum(int inputDimension, int rank, long count) {
    return count + " descriptors of " + inputDimension + " components have numerical rank " + rank;
  }
}
