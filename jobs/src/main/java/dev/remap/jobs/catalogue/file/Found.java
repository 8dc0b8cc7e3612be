package dev.remap.jobs.catalogue.file;

import java.io.Serializable;
import org.apache.spark.api.java.JavaRDD;

/** What a listing finds: an image, or a count of what it left out on purpose. */
public sealed interface Found extends Serializable permits ListedImage, LeftOut {

  /** The images alone. */
  static JavaRDD<ListedImage> images(JavaRDD<Found> found) {
    return found.filter(one -> one instanceof ListedImage).map(one -> (ListedImage) one);
  }

  /** The counts alone. */
  static JavaRDD<Found> leftOut(JavaRDD<Found> found) {
    return found.filter(one -> one instanceof LeftOut);
  }
}
