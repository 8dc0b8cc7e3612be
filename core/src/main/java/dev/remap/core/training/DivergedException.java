package dev.remap.core.training;

import java.util.Locale;

/** A loss or what is learnt is not finite any more, or no region counts. */
public final class DivergedException extends RuntimeException {
  private static final long serialVersionUID = 1;

  private final int[] images;

  DivergedException(int epoch, int batch, double loss, int[] images) {
    super(
        String.format(
            Locale.ROOT,
            Double.isFinite(loss)
                ? "in epoch %d, batch %d (loss %s), what is learnt left the finite numbers, or no region"
                    + " has weight any more"
                : "in epoch %d, batch %d, the loss is %s",
            epoch,
            batch,
            loss));
    this.images = images.clone();
  }

  /** Places of the images of the batch. */
  public int[] images() {
    return images.clone();
  }
}
