# The cluster with Container Insights, and three services: one with secrets and a job, one that shifts requests between two target groups, and a worker.
resource "aws_ecs_cluster" "this" {
  name = var.stack

  setting {
    name  = "containerInsights"
    value = "enhanced"
  }
}

locals {
  log = {
    logDriver = "awslogs"
    options = {
      "awslogs-group"         = aws_cloudwatch_log_group.this[""].name
      "awslogs-region"        = var.region
      "awslogs-stream-prefix" = "app"
    }
  }
  services = {
    web = {
      cpu = "512", memory = "2048", role = "task-web"
      containers = [
        {
          name             = "api1", image = "public.ecr.aws/shop/api1:1", essential = true, user = "node", stopTimeout = 20
          cpu              = 128, memory = 256, memoryReservation = 128
          portMappings     = [{ containerPort = 5000, protocol = "tcp" }]
          environment      = [{ name = "LEVEL", value = "info" }, { name = "MODE", value = "fast" }]
          command          = ["node", "main.js"]
          healthCheck      = { command = ["CMD", "node", "check.js"], startPeriod = 60 }
          ulimits          = [{ name = "nofile", softLimit = 1024, hardLimit = 4096 }]
          dependsOn        = [{ containerName = "migrate", condition = "SUCCESS" }, { containerName = "api2", condition = "START" }]
          logConfiguration = local.log
          secrets = [
            { name = "DB", valueFrom = "/outside/db" },
            { name = "KEY", valueFrom = "${data.aws_secretsmanager_secret.outside["outside/keys"].arn}:api::" },
          ]
        },
        {
          name                  = "api2", image = "registry.example.com/shop/api2:1", essential = true, entryPoint = ["nginx"]
          portMappings          = [{ containerPort = 6000, protocol = "tcp" }]
          repositoryCredentials = { credentialsParameter = data.aws_secretsmanager_secret.outside["outside/registry"].arn }
          logConfiguration      = local.log
        },
        {
          name             = "orders", image = "public.ecr.aws/shop/orders:1", essential = true
          portMappings     = [{ containerPort = 6500, protocol = "tcp" }]
          logConfiguration = local.log
        },
        {
          name             = "events", image = "public.ecr.aws/shop/events:1", essential = true
          portMappings     = [{ containerPort = 6600, protocol = "tcp" }]
          logConfiguration = local.log
        },
        { name = "migrate", image = "public.ecr.aws/shop/migrate:1", essential = false, logConfiguration = local.log },
      ]
    }
    shop = {
      cpu = "256", memory = "512", role = "task"
      containers = [{
        name             = "app", image = "public.ecr.aws/shop/app:1", essential = true
        portMappings     = [{ containerPort = 7000, protocol = "tcp" }]
        logConfiguration = local.log
      }]
    }
    worker = {
      cpu        = "256", memory = "512", role = "task"
      containers = [{ name = "job", image = "public.ecr.aws/shop/job:1", essential = true, logConfiguration = local.log }]
    }
  }
}

resource "aws_ecs_task_definition" "this" {
  for_each                 = toset(["web", "shop", "worker"])
  family                   = "${var.stack}-${each.key}"
  network_mode             = "awsvpc"
  requires_compatibilities = ["FARGATE"]
  cpu                      = local.services[each.key].cpu
  memory                   = local.services[each.key].memory
  execution_role_arn       = aws_iam_role.this["execution"].arn
  task_role_arn            = aws_iam_role.this[local.services[each.key].role].arn
  container_definitions    = jsonencode(local.services[each.key].containers)
}

resource "aws_ecs_service" "this" {
  for_each              = aws_ecs_task_definition.this
  name                  = each.key
  cluster               = aws_ecs_cluster.this.arn
  task_definition       = each.value.arn
  desired_count         = each.key == "worker" ? 1 : 2
  launch_type           = "FARGATE"
  propagate_tags        = "SERVICE"
  wait_for_steady_state = var.wait

  deployment_circuit_breaker {
    enable   = true
    rollback = true
  }

  dynamic "alarms" {
    for_each = each.key == "web" ? ["shop-5xx"] : []
    content {
      alarm_names = [alarms.value]
      enable      = true
      rollback    = true
    }
  }

  network_configuration {
    subnets         = [for subnet in aws_subnet.private : subnet.id]
    security_groups = [aws_security_group.service[each.key].id]
  }

  dynamic "load_balancer" {
    for_each = { for key, target in local.targets : key => target if target.service == each.key }
    content {
      target_group_arn = aws_lb_target_group.this[load_balancer.key].arn
      container_name   = load_balancer.value.container
      container_port   = load_balancer.value.port
    }
  }

  depends_on = [
    aws_iam_role_policy.this,
    aws_lb_listener_rule.forward,
    aws_route.private,
    aws_route_table_association.private,
    aws_vpc_security_group_egress_rule.balancer,
    aws_vpc_security_group_egress_rule.service,
    aws_vpc_security_group_ingress_rule.service,
  ]
}
