import java.net.URI;
import java.nio.file.*;
import java.util.*;
import org.openapitools.client.*;
import org.openapitools.client.api.*;
import org.openapitools.client.model.*;

public class PullLog {
    public static void main(String[] names) throws Exception {
        String project = System.getenv("OTCDB_PROJECT_ID");
        ApiClient client = new ApiClient().setBasePath(System.getenv("OTCDB_DCS_ENDPOINT"));
        client.addDefaultHeader("X-Auth-Token", System.getenv("OTCDB_TOKEN"));
        LifecycleManagementApi dcs = new LifecycleManagementApi(client);
        List<InstanceListInfo> all = new ArrayList<>();
        while (all.addAll(dcs.listInstances(project, null, null, null, null, all.size(), 2, null, null, null, null, null).getInstances())) {}
        String instance = all.stream().filter(one -> one.getName().equals(names[0])).findFirst().orElseThrow().getInstanceId();
        LogManagementApi logs = new LogManagementApi(client);
        logs.createRedislog(project, instance, RedislogType.RUN, null, null);
        RunlogItem log = new RunlogItem();
        while (!Arrays.asList("succeed", "failed").contains(log.getStatus())) {
            Thread.sleep(1000);
            ListRedislogResponseBody page = logs.listRedislog(project, instance, RedislogType.RUN, 0, 10);
            log = page == null ? log : page.getFileList().get(0);
        }
        String link = logs.createRedislogDownloadLink(project, instance, log.getId()).getLink();
        Files.copy(URI.create(link).toURL().openStream(), Path.of("redis.log"), StandardCopyOption.REPLACE_EXISTING);
    }
}
