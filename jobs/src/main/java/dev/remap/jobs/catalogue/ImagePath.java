package dev.remap.jobs.catalogue;

import dev.remap.core.image.ImageException;
import java.util.regex.Pattern;
import org.apache.hadoop.fs.Path;

/** The path behind a listed URI, which is a stranger's text. */
final class ImagePath {
  private static final Pattern STEP_ASIDE =
      Pattern.compile("(^|.*/)\\.\\.?(/.*|$)", Pattern.DOTALL);

  /** An object store tells {@code a//b} from {@code a/b}; Hadoop's paths do not. */
  private static final Pattern EMPTY_STEP =
      Pattern.compile("s3a://[^/]*/(|.*/)/.*", Pattern.DOTALL);

  private ImagePath() {}

  /**
   * The path; what Hadoop would turn into another file's path is refused.
   *
   * @throws ImageException if the text is no path, or has steps that Hadoop would take out of it
   */
  static Path of(String uri) throws ImageException {
    if (stepsAside(uri) || EMPTY_STEP.matcher(uri).matches()) {
      throw new ImageException("its URI has empty steps, or . or .. as one: " + uri);
    }
    try {
      return new Path(uri);
    } catch (IllegalArgumentException e) {
      throw new ImageException("its URI cannot be understood: " + e.getMessage());
    }
  }

  /** Whether a step of the path is {@code .} or {@code ..}. */
  static boolean stepsAside(String path) {
    return STEP_ASIDE.matcher(path).matches();
  }
}
