package dev.remap.core.extraction;

import dev.remap.core.image.ImageShape;
import dev.remap.core.image.decode.ImageHeader;

/** Which way an upright image lies; a square one counts as landscape. */
enum Aspect {
  LANDSCAPE,
  PORTRAIT;

  static Aspect of(ImageHeader header) {
    return header.height() > header.width() ? PORTRAIT : LANDSCAPE;
  }

  ImageShape shape(Scale scale) {
    return this == LANDSCAPE ? scale.landscape() : scale.portrait();
  }
}
