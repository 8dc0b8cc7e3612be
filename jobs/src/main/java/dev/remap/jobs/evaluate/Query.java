package dev.remap.jobs.evaluate;

import dev.remap.core.extraction.ImageSource;
import java.io.Serializable;
import org.apache.hadoop.conf.Configuration;

/** An image to search with, not yet read; travels to the task that describes it. */
interface Query extends Serializable {
  /** Unique among the queries of a search. */
  long id();

  /** What is described; read on the executor. */
  ImageSource source(Configuration hadoop);
}
