package dev.remap.jobs.catalogue.file;

import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;

/** A set of images that can be listed at one time. */
public interface Catalogue {
  /**
   * All images, each once, in no order, and counts of what was left out on purpose; listed on the
   * executors.
   */
  JavaRDD<Found> find(JavaSparkContext spark);

  /** The images alone. */
  default JavaRDD<ListedImage> list(JavaSparkContext spark) {
    return Found.images(find(spark));
  }

  /** What was looked for and not found where there are no images, for the message. */
  String wanted();

  /** Where it is, for messages. */
  String uri();
}
