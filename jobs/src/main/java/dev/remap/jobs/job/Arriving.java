package dev.remap.jobs.job;

import java.io.Serializable;
import java.util.function.Consumer;
import org.apache.spark.api.java.JavaRDD;
import scala.Function1;
import scala.Function2;
import scala.collection.Iterator;
import scala.reflect.ClassTag$;
import scala.runtime.BoxedUnit;

/** The elements of an RDD as they arrive: unlike a collection of all, none is kept by Spark. */
final class Arriving {
  private Arriving() {}

  /**
   * Runs an RDD with one element in each partition.
   *
   * @param each is given one at a time, in any order
   */
  static <T extends Serializable> void each(JavaRDD<T> rdd, Consumer<T> each) {
    Function1<Iterator<T>, T> only =
        (Function1<Iterator<T>, T> & Serializable) partition -> partition.next();
    Function2<Object, T, BoxedUnit> arrives =
        (partition, element) -> {
          each.accept(element);
          return BoxedUnit.UNIT;
        };
    rdd.context().runJob(rdd.rdd(), only, arrives, ClassTag$.MODULE$.apply(Object.class));
  }
}
