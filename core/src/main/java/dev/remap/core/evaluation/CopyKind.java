package dev.remap.core.evaluation;

/** What can happen to an image on its way to becoming a copy; see {@link ImageCopies}. */
public enum CopyKind {
  CROP("60 to 80 % of each side, cut out anywhere"),
  SCALE("shrunk to 30 to 60 % of each side"),
  ROTATE("turned by 5 to 20 degrees to either side, corners black"),
  RECOMPRESS("JPEG quality 25 to 35"),
  BLUR("Gaussian blur with a deviation of 0.5 to 1 % of the long side"),
  DARKEN("brightness times 0.4 to 0.7"),
  TEXT("two lines of white letters over the image, each about a tenth of its height"),
  MIRROR("left and right exchanged");

  private final String description;

  CopyKind(String description) {
    this.description = description;
  }

  /** One line for a report, with the range that the parameters are drawn from. */
  public String description() {
    return description;
  }
}
