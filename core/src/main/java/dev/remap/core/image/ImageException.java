package dev.remap.core.image;

/** A fault in the content of one image: final for this version of it, trying again cannot help. */
public class ImageException extends Exception {
  private static final long serialVersionUID = 1;

  public ImageException(String reason) {
    super(reason);
  }
}
