package dev.remap.jobs.spark;

import com.codahale.metrics.Gauge;
import com.codahale.metrics.MetricRegistry;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.WeakHashMap;
import org.apache.spark.SparkContext;
import org.apache.spark.SparkEnv;
import org.apache.spark.metrics.source.Source;

/**
 * What the stages of a Spark application have done, as a source of Spark's own metrics on the
 * driver: {@code remap.STAGE.METER}. Sums over all executors, of attempts that count, while tasks
 * run as their heartbeats tell it. For reading only, as {@link Progress} is.
 */
final class StageMetrics implements Source {
  private static final Map<SparkContext, StageMetrics> OF_SPARKS = new WeakHashMap<>();

  private final MetricRegistry registry = new MetricRegistry();
  private final Map<String, Stage> stages = new HashMap<>();

  private StageMetrics() {}

  /** Those of a Spark, which knows them from the first call on. */
  static StageMetrics of(SparkContext spark) {
    synchronized (OF_SPARKS) {
      return OF_SPARKS.computeIfAbsent(
          spark,
          unknown -> {
            StageMetrics metrics = new StageMetrics();
            SparkEnv.get().metricsSystem().registerSource(metrics);
            return metrics;
          });
    }
  }

  /** Steps of one stage: what is over, and what is at work. */
  private static final class Stage {
    private final Map<Meter, Long> over = new EnumMap<>(Meter.class);
    private final Set<Progress> atWork = new HashSet<>();

    synchronized long value(Meter meter) {
      return over.getOrDefault(meter, 0L)
          + atWork.stream().mapToLong(step -> step.value(meter)).sum();
    }

    synchronized void begin(Progress step) {
      atWork.add(step);
    }

    synchronized void end(Progress step, Set<Meter> meters) {
      atWork.remove(step);
      meters.forEach(meter -> over.merge(meter, step.settled(meter), Long::sum));
    }
  }

  /** A step of a stage begins; the stage's meters are known from now on. */
  void begin(String stage, Progress step, Set<Meter> meters) {
    Stage steps;
    synchronized (stages) {
      steps = stages.computeIfAbsent(stage, first -> new Stage());
      for (Meter meter : meters) {
        String name = stage + "." + meter.label();
        if (!registry.getMetrics().containsKey(name)) {
          Gauge<Long> gauge = () -> steps.value(meter);
          registry.register(name, gauge);
        }
      }
    }
    steps.begin(step);
  }

  /** It is over. */
  void end(String stage, Progress step, Set<Meter> meters) {
    synchronized (stages) {
      stages.get(stage).end(step, meters);
    }
  }

  @Override
  public String sourceName() {
    return "remap";
  }

  @Override
  public MetricRegistry metricRegistry() {
    return registry;
  }
}
