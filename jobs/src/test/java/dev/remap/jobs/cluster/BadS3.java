package dev.remap.jobs.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.Headers;
import dev.remap.jobs.store.S3Front;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;

/** An S3 server that answers some requests as it should not, for a while or for good. */
final class BadS3 implements S3Front.Fault {
  private static final int UNAVAILABLE = 503;
  private static final int FAILED = 500;
  private static final int PRECONDITION_FAILED = 412;

  private final Kind kind;
  private final Random random;
  private final double share;
  private final AtomicInteger faults = new AtomicInteger();
  private final AtomicInteger images = new AtomicInteger();
  private long downSince;

  /** What it does wrong. */
  enum Kind {
    /** It fails. */
    FAILS,
    /** It asks for patience. */
    BUSY,
    /** It takes its time. */
    SLOW,
    /** It says that something is there that is not. */
    REFUSES,
    /** It does as it is told, and says that it failed. */
    FORGETS,
    /** It is away for a minute, from some moment of the reading of images on. */
    DOWN
  }

  private BadS3(Kind kind, Random random) {
    this.kind = kind;
    this.random = new Random(random.nextLong());
    this.share = new double[] {0.03, 0.08, 0.2}[random.nextInt(3)];
  }

  static Ended befall(Kind kind, Scene scene) throws Exception {
    BadS3 fault = new BadS3(kind, scene.random);
    try (S3Front front = new S3Front(scene.chaos.s3Server(), fault)) {
      scene.with("spark.hadoop.fs.s3a.endpoint", front.endpoint().toString());
      if (kind == Kind.DOWN) {
        // S3A gives up early, so that the unit has to be tried again.
        scene
            .set("unit.retry-wait", "20s")
            .set("unit.attempts", "5")
            .with("spark.hadoop.fs.s3a.attempts.maximum", "2")
            .with("spark.hadoop.fs.s3a.retry.limit", "2")
            .with("spark.hadoop.fs.s3a.retry.throttle.limit", "2");
      }
      Child night = scene.start();
      boolean well = Scene.endsWell(night);
      if (kind == Kind.DOWN && well) {
        assertThat(night.text()).contains("storage did not answer for");
        scene.assertNoImageIsLost();
      }
      return new Ended(fault.faults.get() > 0, well);
    }
  }

  @Override
  public synchronized int meet(String method, String path, Headers headers) {
    return switch (kind) {
      case FAILS -> chance() ? fault(FAILED) : 0;
      case BUSY -> chance() ? fault(UNAVAILABLE) : 0;
      case REFUSES -> isConditional(method, headers) && chance() ? fault(PRECONDITION_FAILED) : 0;
      case DOWN -> isDown(method, path) ? fault(UNAVAILABLE) : 0;
      case SLOW, FORGETS -> 0;
    };
  }

  @Override
  public int answer(String method, String path, Headers headers, int status) {
    if (kind == Kind.SLOW && chance()) {
      fault(0);
      pause();
    }
    boolean forgets = kind == Kind.FORGETS && status < 300 && !method.matches("GET|HEAD");
    return forgets && chance() ? fault(FAILED) : status;
  }

  private synchronized boolean chance() {
    return random.nextDouble() < share;
  }

  private int fault(int status) {
    faults.incrementAndGet();
    return status;
  }

  private static boolean isConditional(String method, Headers headers) {
    return method.equals("PUT") && headers.containsKey("If-None-Match");
  }

  private boolean isDown(String method, String path) {
    if (path.contains("/catalogue") && method.equals("GET") && path.endsWith("jpg")) {
      images.incrementAndGet();
    }
    if (downSince == 0 && images.get() == 12) {
      downSince = System.nanoTime();
    }
    return downSince != 0 && System.nanoTime() - downSince < 60_000_000_000L;
  }

  private void pause() {
    int millis;
    synchronized (this) {
      millis = random.nextInt(20) == 0 ? 3000 : random.nextInt(300);
    }
    try {
      Thread.sleep(millis);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
